import { describe, expect, it } from "vitest";
import { eulerV2 } from "../src/index.js";
import { readGolden } from "./golden.js";
import { at, header, transactionOf, USDC_VAULT, WETH_VAULT } from "./world.js";

const opened = (value: ReturnType<typeof header>) => () => eulerV2.open(value);

describe("headers", () => {
  it("of the kit are accepted, of anything else refused by name", () => {
    expect(opened(header())).not.toThrow();
    expect(opened({ ...header(), version: "Euler v1" })).toThrow(
      expect.objectContaining({ code: "SF_HEADER", field: "version" }),
    );
  });

  it.each([
    ["params.evc", { evc: "0x12" }],
    ["params.oracleSpreadBps", { oracleSpreadBps: "10001" }],
    ["params.protocolFeeShare", { protocolFeeShare: "-1" }],
    ["params.governor", { governor: undefined }],
    ["params.controllers", { controllers: { nobody: USDC_VAULT } }],
    ["params.collaterals", { collaterals: [] }],
    ["params.vaults", { vaults: "none" }],
    ["params.startTimestamp", { startTimestamp: `${1n << 256n}` }],
  ])("name the field %s", (field, change) => {
    expect(opened(header(change))).toThrow(expect.objectContaining({ code: "SF_HEADER", field }));
  });

  it("name the vault whose collateral is not described, and state that cannot be", () => {
    const base = header();
    const vaults = base.params.vaults as { address: string; ltvs: object[] }[];
    const ltvs = [{ ...vaults[0]!.ltvs[0]!, collateral: at(0xbad) }];
    const changed = header({ vaults: [{ ...vaults[0]!, ltvs }, ...vaults.slice(1)] });
    expect(opened(changed)).toThrow(expect.objectContaining({ field: "params.vaults[0].ltvs" }));
    const state = base.initialState as { vaults: Record<string, object> };
    const withVault = (figures: object) => ({
      ...base,
      initialState: {
        ...state,
        vaults: { ...state.vaults, [WETH_VAULT]: { ...state.vaults[WETH_VAULT], ...figures } },
      },
    });
    for (const [figure, value] of [
      ["cash", `${1n << 112n}`],
      ["totalBorrowsOwed", `${1n << 143n}`],
      ["accumulatedFees", "1"],
      ["interestAccumulator", "5"],
    ] as const) {
      expect(opened(withVault({ [figure]: value }))).toThrow(
        expect.objectContaining({ field: `initialState.vaults.${WETH_VAULT}.${figure}` }),
      );
    }
  });
});

describe("lines", () => {
  const golden = readGolden("euler-v2", "mixed-1.jsonl.gz");
  const first = golden.lines[0]!;

  it.each([
    ["logs", { logs: "none" }],
    ["i", { i: -1 }],
    ["timestamp", { timestamp: 1.5 }],
    ["action.type", { action: {} }],
    ["action.amount", { action: { ...(first.value.action as object), amount: `${1n << 256n}` } }],
    ["action.amount", { action: { ...(first.value.action as object), amount: "-5" } }],
    ["action.vault", { action: { ...(first.value.action as object), vault: at(7) } }],
    ["action.type", { action: { ...(first.value.action as object), type: "drain" } }],
    ["state.full", { state: {} }],
  ])("name the field %s", (field, change) => {
    const session = eulerV2.traces.open(golden.header);
    const line = { number: 2, value: { ...first.value, ...change } };
    expect(() => session.execute(line)).toThrow(expect.objectContaining({ code: "SF_LINE", line: 2, field }));
  });

  it("are shown to sources without any state", () => {
    const session = eulerV2.traces.open(golden.header);
    const seen = session.transaction(first);
    expect(Object.keys(seen).sort()).toEqual(["logs", "position", "prices", "reverted", "touched"]);
    expect(eulerV2.eventName(seen.logs.at(-1)!)).toBe("VaultStatus");
    expect(eulerV2.eventName({ ...seen.logs[0]!, topics: [] })).toBeUndefined();
    expect(transactionOf([], 1_700_000_000).logs).toEqual([]);
  });
});
