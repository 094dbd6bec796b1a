import { isShortfallError } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { MetaMorphoModel, MorphoBlueModel, metaMorpho, morphoBlue } from "../src/index.js";
import { goldenFiles, type LooseHeader, type Mode, readGolden, replay } from "./golden-files.js";

const MODES: readonly Mode[] = ["observe", "execute"];

/** Lines of a folder whose call had to be read: accruals without a log in markets without interest. */
const CALLS_READ: Readonly<Record<string, number>> = { "morpho-blue": 2, metamorpho: 0, "metamorpho-ops": 0 };

function stateOf(model: unknown) {
  if (model instanceof MorphoBlueModel || model instanceof MetaMorphoModel) return model.state;
  throw new Error("not a model of this package");
}

for (const [folder, adapter] of [
  ["morpho-blue", morphoBlue],
  ["metamorpho", metaMorpho],
  ["metamorpho-ops", metaMorpho],
] as const) {
  describe(`recorded ${folder}`, () => {
    let callsUsed = 0;
    for (const name of goldenFiles(folder)) {
      for (const mode of MODES) {
        it(`${name} agrees in ${mode}`, () => {
          const file = readGolden(name);
          const { session, results } = replay(adapter, file, mode);
          expect(results.flatMap(({ mismatches }) => mismatches)).toEqual([]);
          expect(results.flatMap(({ findings }) => findings)).toEqual([]);
          expect(results.filter(({ resynced }) => resynced)).toEqual([]);
          for (const { comparisons } of results) expect(comparisons).toBeGreaterThan(3);
          if (mode === "observe") callsUsed += results.reduce((sum, result) => sum + result.callsUsed, 0);
          if (folder !== "metamorpho-ops") expect(results.every(({ skipped }) => !skipped)).toBe(true);

          const { model } = session;
          const sums = new Map<string, bigint>();
          for (const { pool, commodity, balance } of model.journal.trialBalance()) {
            sums.set(`${pool} ${commodity}`, (sums.get(`${pool} ${commodity}`) ?? 0n) + balance);
          }
          expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);

          const state = stateOf(model);
          const { morpho } = state.deployment;
          for (const token of state.tokens.keys()) {
            expect(state.balance(morpho, token)).toBe(state.accountedBalance(token) + state.donated(token));
          }
          for (const market of state.markets.values()) {
            expect(market.supply.sum).toBe(market.totalSupplyShares);
            expect(market.borrow.sum).toBe(market.totalBorrowShares);
          }
        });
      }
    }

    it("reads calls only where no log can show what happened", () => {
      expect(callsUsed).toBe(CALLS_READ[folder]);
    });
  });
}

describe("write-offs of the recordings", () => {
  it.each([...goldenFiles("morpho-blue"), ...goldenFiles("metamorpho")])(
    "%s: every holder's loss and the dust sum to what was written off",
    (name) => {
      const file = readGolden(name);
      const adapter = name.startsWith("metamorpho") ? metaMorpho : morphoBlue;
      const { model } = replay(adapter, file, "observe").session;
      const reported = file.lines.flatMap(({ value }) =>
        value.logs
          .filter((log) => log.name === "Liquidate" && log.args.badDebtAssets !== "0")
          .map((log) => BigInt(log.args.badDebtAssets ?? "0")),
      );
      const blue = model.writeOffs().filter(({ source }) => source === "Liquidate.badDebtAssets");
      expect(blue.map((writeOff) => writeOff.reported)).toEqual(reported);
      for (const writeOff of model.writeOffs()) {
        expect(writeOff.recomputed).toBe(writeOff.reported);
        const taken = writeOff.layers.reduce((sum, { amount }) => sum + amount, 0n);
        expect(taken + writeOff.uncovered).toBe(writeOff.recomputed);
        expect(model.deficits.get(writeOff.id).recognised).toBe(writeOff.recomputed);
        for (const table of model.haircuts(writeOff.id)) {
          const borne = table.rows.reduce((sum, { loss }) => sum + loss, 0n);
          expect(borne + table.dust).toBe(table.absorbed);
          expect(table.rows.every(({ loss }) => loss >= 0n)).toBe(true);
          // Each holder's two floors can take at most one unit more than its part.
          expect(table.dust >= -BigInt(table.rows.length)).toBe(true);
        }
      }
    },
  );

  it("refuses an id that no write-off has", () => {
    const { model } = replay(morphoBlue, readGolden("morpho-blue/mixed-1.jsonl.gz"), "observe", 5).session;
    expect(() => model.haircuts("none")).toThrowError(/cannot be read/);
  });
});

describe("without reading calls", () => {
  it("takes over only the last update that no log shows, and says so", () => {
    let resyncs = 0;
    for (const name of ["morpho-blue/mixed-2.jsonl.gz", "morpho-blue/wipeout-1.jsonl.gz"]) {
      const file = readGolden(name);
      const session = morphoBlue.traces.open(file.header);
      for (const line of file.lines) {
        const result = session.observe(line, { calls: false });
        expect(result.mismatches).toEqual([]);
        expect(result.callsUsed).toBe(0);
        if (result.resynced) resyncs++;
        expect(result.findings.length > 0).toBe(result.resynced);
      }
    }
    expect(resyncs).toBe(2);
  });
});

describe("the same history", () => {
  it.each([
    ["morpho-blue/gaming-1.jsonl.gz", morphoBlue],
    ["metamorpho/losses-1.jsonl.gz", metaMorpho],
  ] as const)("%s gives the same journal every time", (name, adapter) => {
    const file = readGolden(name);
    const digests = [0, 1].map(() => replay(adapter, file, "observe").session.model.journal.digest());
    expect(digests[0]).toBe(digests[1]);
  });
});

describe("what both vaults say about the same losses", () => {
  it("a 1.1 vault's share price holds while its backing falls; a 1.0 vault's price falls and is backed", () => {
    const { model } = replay(metaMorpho, readGolden("metamorpho/losses-1.jsonl.gz"), "observe").session;
    if (!(model instanceof MetaMorphoModel)) throw new Error("wrong model");
    const views = new Map(model.pools().map((view) => [view.pool, view]));
    for (const vault of model.vaults.values()) {
      const view = views.get(vault.address)!;
      if (vault.version === "1.0") {
        expect(view.deficitCarried).toBe(0n);
        expect(view.deficitRealised).toBeGreaterThan(0n);
      } else {
        expect(view.deficitCarried).toBeGreaterThan(0n);
        expect(view.backingWad).toBeLessThan(10n ** 18n);
        expect(view.suppliers).toBe(view.loans + view.deficitCarried);
        expect(model.totalAssetsOf(vault)).toBe(view.suppliers);
      }
    }
  });
});

describe("headers", () => {
  const { header } = readGolden("metamorpho/base-1.jsonl.gz");
  const broken = (change: (copy: LooseHeader) => void) => {
    const copy = structuredClone(header);
    change(copy);
    return copy;
  };

  it.each([
    ["another protocol", "protocol", broken((copy) => Object.assign(copy, { protocol: "morpho" }))],
    ["an unknown version", "version", broken((copy) => Object.assign(copy, { version: "2.0" }))],
    ["a longer version number", "version", broken((copy) => Object.assign(copy, { version: "1.01" }))],
    ["no contract", "params.morpho", broken(({ params }) => Object.assign(params, { morpho: "0x12" }))],
    ["no vaults", "params.vaults", broken(({ params }) => Object.assign(params, { vaults: null }))],
    [
      "a market whose id is not its hash",
      "params.markets[0].id",
      broken(({ params }) => Object.assign((params.markets as object[])[0]!, { lltv: "1" })),
    ],
    [
      "a vault of another version",
      "params.vaults[1].version",
      broken(({ params }) => Object.assign((params.vaults as object[])[1]!, { version: "1.2" })),
    ],
    [
      "virtual shares that do not fit the asset",
      "params.vaults[0].virtualShares",
      broken(({ params }) => Object.assign((params.vaults as object[])[0]!, { virtualShares: "1" })),
    ],
  ])("%s is refused by name", (_, field, bad) => {
    try {
      metaMorpho.open(bad);
      expect.unreachable();
    } catch (error) {
      expect(isShortfallError(error) && error.code).toBe("SF_HEADER");
      expect(error).toMatchObject({ field });
    }
  });
});
