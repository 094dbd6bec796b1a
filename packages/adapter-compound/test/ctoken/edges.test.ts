import type { HistoryHeader, Position, RecordedCall } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { compoundV2 } from "../../src/compound-v2/index.js";
import { venusIsolated } from "../../src/venus/index.js";
import { readVector } from "./vectors.js";

const ALICE = `0x${"a1".repeat(20)}`;
const BOB = `0x${"b0".repeat(20)}`;
const WHOLE = 10n ** 18n;

/** Editable JSON of a header. */
type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object at a path of an editable copy. */
function within(owner: Plain, ...path: readonly string[]): Plain {
  return path.reduce((parent, key) => {
    const child = parent[key];
    if (!isPlain(child)) throw new Error(`The header has no object "${key}".`);
    return child;
  }, owner);
}

/** A golden header with another starting state: `change` edits a copy. */
function headerWith(protocol: string, change: (header: Plain) => void): HistoryHeader {
  const copy = structuredClone(readVector(protocol, "01-standard.jsonl.gz").header);
  change(copy);
  return copy;
}

function markets(header: Plain): Plain[] {
  const listed = within(header, "params").markets;
  return Array.isArray(listed) ? listed.filter(isPlain) : [];
}

const tokenOf = (header: Plain, symbol: string): string =>
  String(markets(header).find((market) => market.symbol === symbol)?.token);
const stateOf = (header: Plain): Plain => within(header, "genesis", "state");

/** Puts a market's totals and one supplier's share tokens into a header. */
function place(header: Plain, symbol: string, totals: Record<string, bigint>, supplier: string): string {
  const token = tokenOf(header, symbol);
  const market = within(stateOf(header), "markets", token);
  for (const [name, value] of Object.entries(totals)) market[name] = value.toString();
  hold(header, supplier, token, { tokens: totals.totalSupply ?? 0n });
  return token;
}

/** Gives an account a position in one market, which it has entered. */
function hold(header: Plain, account: string, token: string, amounts: Record<string, bigint>): void {
  within(stateOf(header), "accounts")[account] = {
    assetsIn: [token],
    markets: {
      [token]: Object.fromEntries(
        ["tokens", "borrowPrincipal", "borrowInterestIndex"].map((name) => [
          name,
          (amounts[name] ?? 0n).toString(),
        ]),
      ),
    },
  };
}

const at = (header: HistoryHeader, later: number): Position => {
  const { block = 0, timestamp } = header.genesis as { block?: number; timestamp: number };
  return { block: block + later, timestamp: timestamp + later, transaction: `t${later}` };
};

const refusal = (
  model: ReturnType<typeof compoundV2.open> | ReturnType<typeof venusIsolated.open>,
  call: RecordedCall,
  position: Position,
): string | undefined => {
  const execution = model.execute(call, position);
  return execution.ok ? undefined : execution.reason;
};

describe("compound-v2: edges", () => {
  const open = (change: (header: Plain) => void) => {
    const header = headerWith("compound-v2", change);
    return { header, model: compoundV2.open(header) };
  };

  it("burns share tokens rounded down for an amount, even none: the inflated market's hole", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: 2n * WHOLE, totalSupply: 2n }, ALICE);
    });
    const position = at(header, 0);
    const call = { type: "redeemUnderlying", from: ALICE, market: dai };
    expect(refusal(model, { ...call, amount: (WHOLE - 1n).toString() }, position)).toBe(
      'Error("redeemTokens zero")',
    );
    const execution = model.execute({ ...call, amount: (2n * WHOLE - 1n).toString() }, position);
    expect(execution).toMatchObject({ ok: true });
    expect(model.pools().find(({ pool }) => pool === dai)).toMatchObject({ cash: 1n, suppliers: 1n });
  });

  it("is bricked while reserves exceed cash and loans, and a donation frees it", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: 5n, totalReserves: 9n, totalSupply: 100n }, ALICE);
    });
    const call = { type: "redeem", from: ALICE, market: dai, tokens: "1" };
    expect(refusal(model, call, at(header, 1))).toBe("Panic(0x11)");
    expect(model.pools().find(({ pool }) => pool === dai)?.suppliers).toBe(-4n);
    model.execute({ type: "donate", from: BOB, market: dai, amount: "104" }, at(header, 1));
    expect(refusal(model, call, at(header, 2))).toBeUndefined();
  });

  it("recognises a dead debt, measures the interest that nobody will pay, and takes a repayment as recovery", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: 50n * WHOLE, totalBorrows: 50n * WHOLE, totalSupply: 999_999n }, ALICE);
      hold(raw, BOB, dai, { borrowPrincipal: 50n * WHOLE, borrowInterestIndex: WHOLE });
    });
    const view = () => model.pools().find(({ pool }) => pool === dai)!;
    expect(view()).toMatchObject({
      deficitLatent: 50n * WHOLE,
      phantomInterest: 0n,
      insolventGross: 50n * WHOLE,
    });
    expect(view().backingWad).toBe(WHOLE / 2n);
    const [writeOff] = model.writeOffs();
    expect(writeOff).toMatchObject({
      account: BOB,
      recomputed: 50n * WHOLE,
      layers: [],
      uncovered: 50n * WHOLE,
    });

    model.execute({ type: "accrueInterest", from: ALICE, market: dai }, at(header, 1_000_000));
    const { deficitLatent, phantomInterest, phantomReserves, loans } = view();
    expect(phantomInterest).toBe(deficitLatent - 50n * WHOLE);
    expect(phantomInterest).toBeGreaterThan(0n);
    expect(loans).toBe(deficitLatent);
    expect(phantomReserves).toBe((phantomInterest * 15n) / 100n);
    expect(model.insolvency()).toMatchObject([{ collateralValue: 0n }]);

    const tables = model.impliedHaircuts(writeOff!.id);
    for (const { rows, dust, absorbed } of tables) {
      expect(rows.reduce((sum, { loss }) => sum + loss, dust)).toBe(absorbed);
    }
    const repay = { type: "repayBehalf", from: ALICE, market: dai, borrower: BOB };
    model.execute({ ...repay, amount: (20n * WHOLE).toString() }, at(header, 1_000_000));
    expect(model.deficits.get(writeOff!.id)).toMatchObject({
      uncovered: 30n * WHOLE,
      recovered: 20n * WHOLE,
    });
    expect(view().phantomInterest).toBe(phantomInterest);
    model.execute({ ...repay, amount: ((1n << 256n) - 1n).toString() }, at(header, 1_000_000));
    expect(model.deficits.get(writeOff!.id)).toMatchObject({
      status: "realised",
      uncovered: 0n,
      recovered: deficitLatent,
      excess: phantomInterest,
    });
    expect(view()).toMatchObject({ deficitLatent: 0n, phantomInterest: 0n, loans: 0n });
  });

  it("leaves a market by code, not by revert", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: 50n * WHOLE, totalBorrows: WHOLE, totalSupply: 999_999n }, ALICE);
      hold(raw, BOB, dai, { borrowPrincipal: WHOLE, borrowInterestIndex: WHOLE });
    });
    const exit = (from: string) => model.execute({ type: "exitMarket", from, market: dai }, at(header, 0));
    expect(exit(BOB)).toMatchObject({
      ok: true,
      logs: [{ name: "Failure", args: { error: 12n, info: 2n } }],
    });
    expect(exit(ALICE)).toMatchObject({ ok: true, logs: [{ name: "MarketExited" }] });
    expect(exit(ALICE)).toEqual({ ok: true, logs: [] });
  });
});

describe("venus-isolated: edges", () => {
  const open = (change: (header: Plain) => void) => {
    const header = headerWith("venus-isolated", change);
    return { header, model: venusIsolated.open(header) };
  };

  it("burns share tokens rounded up for an amount, and pays what they are worth", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: 30n * WHOLE, totalSupply: 3n }, ALICE);
      const { timestamp } = within(raw, "genesis");
      within(stateOf(raw), "markets", dai).accrualBlockNumber = String(timestamp);
    });
    const call = { type: "redeemUnderlying", from: ALICE, market: dai };
    expect(refusal(model, { ...call, amount: "0" }, at(header, 0))).toBe('Error("redeemAmount is zero")');
    const execution = model.execute({ ...call, amount: (10n * WHOLE + 1n).toString() }, at(header, 0));
    expect(execution.ok && execution.logs.find(({ name }) => name === "Redeem")?.args).toMatchObject({
      redeemAmount: 20n * WHOLE,
      redeemTokens: 2n,
    });
  });

  it("cannot close an auction whose seized USD amount exceeds the fund's units: the unit quirk, literally", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      const totals = { cash: WHOLE, badDebt: 90_000n * WHOLE, totalSupply: 999_999n };
      dai = place(raw, "DAI", totals, ALICE);
      within(stateOf(raw), "prices")[dai] = (2n * WHOLE).toString();
    });
    const start = model.execute({ type: "startAuction", from: BOB }, at(header, 10));
    expect(start).toMatchObject({
      ok: true,
      logs: [{ name: "AuctionStarted", args: { auctionType: 0n, seizedRiskFund: 10_000n * WHOLE } }],
    });
    const { timestamp } = at(header, 10);
    const bid = { type: "placeBid", from: BOB, bidBps: "9000", auctionStart: String(timestamp) };
    expect(refusal(model, { ...bid, bidBps: "0" }, at(header, 20))).toBe(
      'Error("basis points cannot be zero")',
    );
    expect(refusal(model, bid, at(header, 20))).toBeUndefined();
    expect(refusal(model, bid, at(header, 21))).toBe('Error("your bid is not the highest")');
    expect(refusal(model, { type: "closeAuction", from: BOB }, at(header, 100))).toBe(
      'Error("waiting for next bidder. cannot close auction")',
    );
    expect(refusal(model, { type: "closeAuction", from: BOB }, at(header, 900))).toBe(
      'Error("Risk Fund: Insufficient pool reserve.")',
    );
    expect(model.pools().find(({ pool }) => pool === dai)).toMatchObject({ deficitCarried: 90_000n * WHOLE });
  });

  it("recovers opening bad debt oldest first, rate-neutral, through an auction of a large fund", () => {
    let dai = "";
    const { header, model } = open((raw) => {
      dai = place(raw, "DAI", { cash: WHOLE, badDebt: 100n * WHOLE, totalSupply: 999_999n }, ALICE);
    });
    const view = () => model.pools().find(({ pool }) => pool === dai)!;
    const before = view();
    model.execute({ type: "startAuction", from: BOB }, at(header, 10));
    const bid = {
      type: "placeBid",
      from: BOB,
      bidBps: "9500",
      auctionStart: String(at(header, 10).timestamp),
    };
    model.execute(bid, at(header, 20));
    const closed = model.execute({ type: "closeAuction", from: BOB }, at(header, 900));
    expect(closed.ok && closed.logs.find(({ name }) => name === "AuctionClosed")?.args).toMatchObject({
      seizedRiskFind: (110n * WHOLE * 95n) / 100n,
    });
    expect(view()).toMatchObject({ deficitCarried: 0n, suppliers: before.suppliers, cash: 101n * WHOLE });
    expect(model.deficits.all()).toMatchObject([{ recognised: 100n * WHOLE, recovered: 100n * WHOLE }]);
  });
});

describe("what cannot be opened or read is named", () => {
  const broken: readonly [string, (header: Plain) => void, string][] = [
    ["another protocol", (header) => Object.assign(header, { protocol: "aave-v3" }), "protocol"],
    ["an unknown version", (header) => Object.assign(header, { version: "fork 1.0" }), "version"],
    [
      "an amount above uint256",
      (header) =>
        Object.assign(markets(header)[0]!, { initialExchangeRateMantissa: (1n << 256n).toString() }),
      "params.markets[0].initialExchangeRateMantissa",
    ],
    [
      "a negative factor",
      (header) => Object.assign(markets(header)[1]!, { reserveFactorMantissa: "-1" }),
      "params.markets[1].reserveFactorMantissa",
    ],
    [
      "a market twice",
      (header) => Object.assign(markets(header)[1]!, { token: markets(header)[0]!.token }),
      "params.markets[1].token",
    ],
    [
      "share tokens that do not add up",
      (header) => {
        const token = tokenOf(header, "DAI");
        within(stateOf(header), "markets", token).totalSupply = "7";
      },
      "totalSupply",
    ],
  ];
  for (const adapter of [compoundV2, venusIsolated]) {
    it.each(broken)(`${adapter.protocol}: %s`, (_what, change, field) => {
      const header = headerWith(adapter.protocol, change);
      expect(() => adapter.open(header)).toThrow(
        expect.objectContaining({ code: "SF_HEADER", field: expect.stringContaining(field) }),
      );
    });

    it(`${adapter.protocol}: a malformed line, a call that names no operation`, () => {
      const { header, lines } = readVector(adapter.protocol, "01-standard.jsonl.gz");
      const session = adapter.traces.open(header);
      const [first] = lines;
      const value = { ...first!.value, action: { ...(first!.value.action as object), amount: "-5" } };
      expect(() => session.execute({ number: 2, value })).toThrow(
        expect.objectContaining({ code: "SF_LINE", line: 2, field: "amount" }),
      );
      expect(() =>
        session.observe({ number: 2, value: { ...first!.value, logs: 3 } }, { calls: false }),
      ).toThrow(expect.objectContaining({ code: "SF_LINE", field: "logs" }));
      expect(() => session.model.execute({ type: "flashLoan", from: ALICE }, at(header, 5))).toThrow(
        expect.objectContaining({ code: "SF_MARKET_CALL", field: "type" }),
      );
      expect(() => session.model.haircuts("nothing")).toThrow(
        expect.objectContaining({ code: "SF_DEFICIT_STATE" }),
      );
    });
  }
});
