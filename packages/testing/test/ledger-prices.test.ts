import { indexed, plainTotals, principalIndexed, virtualShares } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { openLedger, plainWaterfall, refusal, usd } from "./fixture.js";

const onlyMain = plainWaterfall({ kind: "class", class: "main" });

describe("the first deposit", () => {
  it("costs one unit a share without virtual shares, a millionth with them", () => {
    const plain = openLedger();
    expect(plain.deposit({ ...usd(1), account: "ana", assets: 1n }).shares).toBe(1n);
    const virtual = openLedger({ shareRule: virtualShares() });
    expect(virtual.deposit({ ...usd(1), account: "ana", assets: 1n }).shares).toBe(1_000_000n);
  });

  it("is refused at zero, with a message that says what to give", () => {
    const ledger = openLedger();
    expect(() => ledger.deposit({ ...usd(1), account: "ana", assets: 0n })).toThrow(
      'Action "deposit": assets is 0; give a positive amount of base units.',
    );
  });
});

describe("inflating the first depositor's price", () => {
  /** The attacker holds one unit, gives a fortune to the class, waits for the victim, and leaves. */
  function attack(shareRule: ReturnType<typeof virtualShares>, gift: bigint, victim: bigint) {
    const ledger = openLedger({ shareRule });
    ledger.deposit({ ...usd(1), account: "eve", assets: 1n });
    ledger.recapitalise({ ...usd(2), account: "eve", assets: gift });
    const minted = ledger.deposit({ ...usd(3), account: "vic", assets: victim }).shares;
    const out = ledger.withdraw({ ...usd(4), account: "eve", assets: "all" }).assets;
    ledger.requireControls();
    return { minted, gain: out - 1n - gift, victimLost: victim - ledger.holding("usd", "vic").assets };
  }

  it("loses the attacker more than the victim where virtual shares stand in", () => {
    const { gain, victimLost } = attack(virtualShares(), 10n ** 12n, 10n ** 12n);
    expect(gain).toBeLessThan(0n);
    expect(-gain).toBeGreaterThan(victimLost * 100_000n);
  });

  it("loses the attacker even where victim and gift are chosen against one virtual share", () => {
    for (const gift of [1n, 999n, 10n ** 6n, 10n ** 12n + 1n]) {
      for (const victim of [gift / 2n + 1n, gift, gift + 1n, 2n * gift, 2n * gift + 1n, 3n * gift]) {
        const ledger = openLedger({ shareRule: virtualShares({ assets: 1n, shares: 1n }) });
        ledger.deposit({ ...usd(1), account: "eve", assets: 1n });
        ledger.recapitalise({ ...usd(2), account: "eve", assets: gift });
        let cost = 1n + gift;
        const deposit = () => ledger.deposit({ ...usd(3), account: "vic", assets: victim });
        const refused = victim * 2n < gift + 2n;
        if (refused) expect(refusal(deposit)).toBe("SF_ZERO_SHARES");
        else deposit();
        cost -= ledger.withdraw({ ...usd(4), account: "eve", assets: "all" }).assets;
        expect(cost, `gift ${gift}, victim ${victim}`).toBeGreaterThanOrEqual(0n);
      }
    }
  });

  it("is refused rather than absorbed where a deposit would buy nothing", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "eve", assets: 1n });
    ledger.recapitalise({ ...usd(2), account: "eve", assets: 10n ** 6n });
    expect(refusal(() => ledger.deposit({ ...usd(3), account: "vic", assets: 10n ** 6n }))).toBe(
      "SF_ZERO_SHARES",
    );
    expect(ledger.holding("usd", "vic").shares).toBe(0n);
  });
});

describe("a total loss", () => {
  function wiped(shareRule = plainTotals()) {
    const ledger = openLedger({ shareRule, waterfall: onlyMain });
    ledger.deposit({ ...usd(1), account: "ana", assets: 1000n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 1000n });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    return { ledger, deficit };
  }

  it.each([
    ["plain totals", plainTotals()],
    ["an index", indexed()],
    ["a principal index", principalIndexed()],
  ] as const)("leaves %s with the price 0 and refuses deposits until recapitalised", (_name, rule) => {
    const { ledger } = wiped(rule);
    expect(ledger.sharePriceRay("usd")).toBe(0n);
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 0n, shares: 1000n });
    const deposit = () => ledger.deposit({ ...usd(4), account: "cho", assets: 500n });
    expect(deposit).toThrow(/has 1000 shares worth nothing.*Recapitalise it .* or retire its shares/);
    expect(refusal(deposit)).toBe("SF_UNDEFINED_PRICE");
    expect(refusal(() => ledger.withdraw({ ...usd(4), account: "ana", assets: 1n }))).toBe(
      "SF_UNDEFINED_PRICE",
    );
    ledger.recapitalise({ ...usd(5), account: "dao", assets: 250n });
    expect(ledger.holding("usd", "ana").assets).toBe(250n);
    // 500 at a quarter of a unit a share.
    expect(ledger.deposit({ ...usd(6), account: "cho", assets: 500n }).shares).toBe(2000n);
    ledger.requireControls();
  });

  it("lets worthless shares be redeemed for nothing, or retired all at once", () => {
    const { ledger, deficit } = wiped();
    expect(ledger.redeem({ ...usd(4), account: "ana", shares: 400n })).toMatchObject({ assets: 0n });
    expect(ledger.retireClass({ ...usd(5) }).shares).toBe(600n);
    expect(ledger.holding("usd", "ana").shares).toBe(0n);
    expect(ledger.deposit({ ...usd(6), account: "cho", assets: 500n }).shares).toBe(500n);
    // Who bore the loss is still known, and a recovery for them does not reach the newcomer.
    expect(ledger.haircuts(deficit)[0]?.rows).toEqual([{ account: "ana", shares: 1000n, loss: 1000n }]);
    ledger.recover({ ...usd(7), deficit, assets: 300n, holders: "loss-bearers" });
    expect(ledger.credited("usd", "ana")).toBe(300n);
    expect(ledger.holding("usd", "cho").assets).toBe(500n);
    ledger.requireControls();
  });

  it("refuses to retire a class that is worth something", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 1000n });
    expect(refusal(() => ledger.retireClass(usd(2)))).toBe("SF_AMOUNT");
  });

  it("leaves a price with virtual shares, at which new money owns nearly everything", () => {
    const { ledger } = wiped(virtualShares({ assets: 1n, shares: 1000n }));
    expect(ledger.sharePriceRay("usd")).toBeGreaterThan(0n);
    ledger.deposit({ ...usd(4), account: "cho", assets: 1000n });
    expect(ledger.holding("usd", "cho").assets).toBeGreaterThanOrEqual(998n);
    expect(ledger.holding("usd", "ana").assets).toBeLessThanOrEqual(1n);
  });

  it("refuses recapitalising a class that nobody holds", () => {
    const ledger = openLedger();
    expect(refusal(() => ledger.recapitalise({ ...usd(1), account: "dao", assets: 1n }))).toBe(
      "SF_NO_HOLDERS",
    );
  });
});

describe("the last withdrawal", () => {
  it("takes everything where no virtual shares stand in, and leaves the class as if new", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 7n });
    ledger.deposit({ ...usd(1), account: "ben", assets: 3n });
    ledger.recapitalise({ ...usd(2), account: "dao", assets: 5n });
    expect(ledger.withdraw({ ...usd(3), account: "ana", assets: "all" }).assets).toBe(10n);
    expect(ledger.withdraw({ ...usd(3), account: "ben", assets: "all" }).assets).toBe(5n);
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 0n, shares: 0n });
    expect(ledger.deposit({ ...usd(4), account: "cho", assets: 9n }).shares).toBe(9n);
  });

  it("leaves the virtual shares' part behind", () => {
    const ledger = openLedger({ shareRule: virtualShares({ assets: 1n, shares: 1n }) });
    ledger.deposit({ ...usd(1), account: "ana", assets: 10n });
    ledger.recapitalise({ ...usd(2), account: "dao", assets: 11n });
    // floor(10 · 22 / 11) of 21.
    expect(ledger.withdraw({ ...usd(3), account: "ana", assets: "all" }).assets).toBe(20n);
    expect(ledger.classes("usd")[0]).toMatchObject({ assets: 1n, shares: 0n });
    ledger.requireControls();
  });
});

describe("one-unit shares and amounts out of bounds", () => {
  it("moves single units without losing any", () => {
    const ledger = openLedger();
    for (const account of ["ana", "ben", "cho"]) ledger.deposit({ ...usd(1), account, assets: 1n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 2n });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    const [table] = ledger.haircuts(deficit);
    expect(table?.rows.map((row) => row.loss)).toEqual([1n, 1n, 0n]);
    expect(table).toMatchObject({ absorbed: 2n, dust: 0n });
    // Each holds a third of the one unit left; rounding down, nobody can take it alone.
    expect(ledger.holding("usd", "ana").assets).toBe(0n);
    ledger.requireControls();
  });

  it("keeps dust for its named owner where haircuts round down", () => {
    const ledger = openLedger({ haircutRounding: "floor", dustOwner: "treasury" });
    for (const account of ["ana", "ben", "cho"]) ledger.deposit({ ...usd(1), account, assets: 1n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 2n });
    const { deficit } = ledger.writeOff({ ...usd(3), account: "bob" });
    expect(ledger.haircuts(deficit)[0]).toMatchObject({ absorbed: 2n, dust: 2n, dustOwner: "treasury" });
  });

  it("refuses more than there is, by name and figure, and leaves no trace", () => {
    const ledger = openLedger({ borrowCap: 500n, classes: [{ id: "main", supplyCap: 2000n }] });
    ledger.deposit({ ...usd(1), account: "ana", assets: 1000n });
    const before = ledger.digest();
    const refused: readonly (readonly [() => unknown, string])[] = [
      [() => ledger.borrow({ ...usd(2), account: "bob", assets: 501n }), "SF_LIMIT"],
      [() => ledger.borrow({ ...usd(2), account: "bob", assets: 1001n }), "SF_INSUFFICIENT_CASH"],
      [() => ledger.deposit({ ...usd(2), account: "new", assets: 1001n }), "SF_LIMIT"],
      [() => ledger.deposit({ ...usd(2), account: "new", assets: 1n << 128n }), "SF_RANGE"],
      [() => ledger.deposit({ ...usd(2), account: "new", assets: -1n }), "SF_AMOUNT"],
      [() => ledger.withdraw({ ...usd(2), account: "ana", assets: 1001n }), "SF_INSUFFICIENT_BALANCE"],
      [() => ledger.withdraw({ ...usd(2), account: "who", assets: 1n }), "SF_INSUFFICIENT_BALANCE"],
      [() => ledger.repay({ ...usd(2), account: "ana", assets: 1n }), "SF_AMOUNT"],
      [
        () => ledger.withdrawFund({ ...usd(2), account: "dao", fund: "insurance", assets: 1n }),
        "SF_INSUFFICIENT_BALANCE",
      ],
      [() => ledger.writeOff({ ...usd(2), account: "ana" }), "SF_AMOUNT"],
      [() => ledger.recover({ ...usd(2), deficit: "usd#1", assets: 1n }), "SF_UNKNOWN_ID"],
      [() => ledger.deposit({ ...usd(2), account: "ana", assets: 1n, class: "senior" }), "SF_UNKNOWN_ID"],
      [() => ledger.deposit({ ...usd(2), pool: "eur", account: "ana", assets: 1n }), "SF_UNKNOWN_ID"],
      [() => ledger.postCollateral({ ...usd(2), account: "ana", asset: "BTC", amount: 1n }), "SF_UNKNOWN_ID"],
      [() => ledger.deposit({ ...usd(0), account: "ana", assets: 1n }), "SF_TIME_ORDER"],
    ];
    for (const [act, code] of refused) expect(refusal(act)).toBe(code);
    expect(ledger.digest()).toBe(before);
    expect(ledger.accounts.size).toBe(1);
    expect(() => ledger.fund("usd", "treasury")).toThrow(
      'There is no fund "treasury". Use one of: insurance.',
    );
    ledger.requireControls();
  });

  it("says that cash is lent out where a withdrawal meets none", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 1000n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 1000n });
    expect(() => ledger.withdraw({ ...usd(3), account: "ana", assets: 1n })).toThrow(
      'Pool "usd" holds 0 in cash, 1 are needed.',
    );
  });
});
