import { describe, expect, it } from "vitest";
import {
  type AnyLossPolicy,
  type ConfigurationInput,
  composeShortfall,
  createShortfall,
  definePlugin,
  definePolicy,
  importPlugin,
  type Ledger,
  parseConfiguration,
  TOKENS,
} from "./index.js";

const at = { block: 1, timestamp: 1 };
const configuration: ConfigurationInput = {
  pools: [
    {
      id: "usdc",
      asset: "USDC",
      decimals: 6,
      funds: [{ id: "insurance", floor: "10" }],
      waterfall: {
        format: "shortfall-waterfall/1",
        id: "w",
        version: "1",
        layers: [
          { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } },
          { id: "lenders", policy: "pro-rata", parameters: { class: "main" } },
        ],
      },
    },
  ],
};

const half = (id: string): AnyLossPolicy =>
  definePolicy({
    id,
    version: "1",
    title: "Half",
    parameters: { parse: (input: unknown) => input },
    describe: () => "Carries half of it.",
    bearer: () => ({ kind: "carried", id: "half" }),
    open: () => ({}),
    capacity: () => "unlimited" as const,
    absorb: (view, request) => ({
      taken: request.remaining / 2n,
      state: view.state,
      effects: request.remaining < 2n ? [] : [{ kind: "carry" as const, assets: request.remaining / 2n }],
      reason: "half",
    }),
  });

describe("composition", () => {
  it("opens a ledger with the configured pools, in a container of its own", () => {
    const shortfall = composeShortfall({ configuration });
    const ledger = shortfall.openLedger("main");
    ledger.deposit({ pool: "usdc", account: "alice", assets: 1000n, at });
    ledger.topUpFund({ pool: "usdc", fund: "insurance", account: "treasury", assets: 60n, at });
    ledger.borrow({ pool: "usdc", account: "bob", assets: 200n, at });
    const loss = ledger.writeOff({ pool: "usdc", account: "bob", at });
    expect(loss.layers.map((layer) => layer.taken)).toEqual([50n, 150n]);
    expect(loss.uncovered).toBe(0n);
    expect(shortfall.ledgerContainer("main")!.resolve<Ledger>(TOKENS.ledger)).toBe(ledger);
    expect(shortfall.container.isRegistered(TOKENS.ledger)).toBe(false);
    expect(() => shortfall.openLedger("main")).toThrow('ledger "main"');
    expect(shortfall.ledgerContainer("other")).toBeUndefined();
  });

  it("keeps two compositions apart", () => {
    const a = composeShortfall({
      plugins: [definePlugin({ name: "p", create: () => ({ policies: [half("half")] }) })],
    });
    const b = composeShortfall();
    expect(a.policies.has("half")).toBe(true);
    expect(b.policies.has("half")).toBe(false);
    expect(composeShortfall({ withoutCatalogue: true }).policies.size).toBe(0);
  });

  it("gives plugins the services and options of the host, and refuses two policies with one id", async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({
      name: "priced",
      create: ({ container, options }) => {
        seen.push(container.resolve("prices"), options);
        return { policies: [half("half")] };
      },
    });
    composeShortfall({
      plugins: [plugin],
      configuration: { plugins: [{ from: "priced", options: { speed: 2 } }] },
      services: (container) => container.register("prices", { useValue: "source" }),
    });
    expect(seen).toEqual(["source", { speed: 2 }]);
    const twin = definePlugin({ name: "twin", create: () => ({ policies: [half("carry")] }) });
    expect(() => composeShortfall({ plugins: [twin] })).toThrow('policy "carry"');
    await expect(
      createShortfall({ configuration: { plugins: ["no-such-package-anywhere"] } }),
    ).rejects.toThrow('Plugin "no-such-package-anywhere": it cannot be imported');
  });
});

describe("importPlugin", () => {
  const plugin = definePlugin({ name: "x", create: () => ({}) });

  it("takes a default export, also of a CJS module that import() wrapped", async () => {
    expect(await importPlugin("x", async () => ({ default: plugin }))).toBe(plugin);
    expect(await importPlugin("x", async () => ({ default: { default: plugin } }))).toBe(plugin);
    await expect(importPlugin("x", async () => ({ default: {} }))).rejects.toThrow("use definePlugin");
    await expect(importPlugin("x", async () => ({}))).rejects.toThrow("default export");
  });
});

describe("configuration", () => {
  it("lists every problem with its path", () => {
    const bad = {
      pools: [
        { id: "", asset: "USDC", decimals: 99, waterfall: { format: "other" }, closeFactorBps: 10_001 },
        { id: "b", asset: "B", decimals: 6, funds: [{ id: "f", floor: "-1" }], extra: 1 },
      ],
    };
    let message = "";
    try {
      parseConfiguration(bad);
    } catch (error) {
      message = String(error);
    }
    for (const path of [
      "pools[0].id",
      "pools[0].decimals",
      "pools[0].waterfall.format",
      "pools[0].closeFactorBps",
      "pools[1].funds[0].floor",
      "pools[1]: ",
    ]) {
      expect(message).toContain(path);
    }
  });

  it("fills defaults in", () => {
    const { pools, plugins } = parseConfiguration(configuration);
    expect(plugins).toEqual([]);
    expect(pools[0]!.classes).toEqual([{ id: "main" }]);
    expect(pools[0]!.funds[0]!.floor).toBe(10n);
  });

  it("lets the engine refuse a waterfall that names no policy it has", () => {
    const [pool] = configuration.pools!;
    const layers = [{ id: "x", policy: "no-such", parameters: {} }];
    const unknown = { pools: [{ ...pool!, waterfall: { ...pool!.waterfall, layers } }] };
    expect(() => composeShortfall({ configuration: unknown }).openLedger("x")).toThrow("no-such");
  });
});
