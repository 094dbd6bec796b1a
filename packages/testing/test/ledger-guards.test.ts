import {
  type ActionKind,
  CHART,
  createLedger,
  definePolicy,
  type JournalEntry,
  type LedgerAction,
  type ListenerFailure,
  type PoolDefinition,
  waterfallDigest,
} from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { openLedger, plainWaterfall, refusal, usd } from "./fixture.js";

describe("idempotency keys", () => {
  it("return the first receipt for the same action and change nothing", () => {
    const ledger = openLedger();
    const action = { ...usd(1), account: "ana", assets: 100n, key: "d-1" };
    const first = ledger.deposit(action);
    const digest = ledger.digest();
    const again = ledger.deposit({ ...action });
    expect(again).toEqual({ ...first, replayed: true });
    expect(ledger.digest()).toBe(digest);
    expect(ledger.holding("usd", "ana").shares).toBe(100n);
  });

  it("refuse other content, and another kind of action, under the same key", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 100n, key: "d-1" });
    const other = () => ledger.deposit({ ...usd(1), account: "ana", assets: 101n, key: "d-1" });
    expect(other).toThrow('Key "d-1" was used for entry 1 with other content');
    expect(refusal(other)).toBe("SF_IDEMPOTENCY_CONFLICT");
    const withdraw = () => ledger.withdraw({ ...usd(1), account: "ana", assets: 100n, key: "d-1" });
    expect(refusal(withdraw)).toBe("SF_IDEMPOTENCY_CONFLICT");
  });

  it("stay free after a refusal, so that the action can be tried again", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 10n });
    const borrow = () => ledger.borrow({ ...usd(2), account: "bob", assets: 20n, key: "b-1" });
    expect(refusal(borrow)).toBe("SF_INSUFFICIENT_CASH");
    ledger.deposit({ ...usd(2), account: "ana", assets: 10n });
    expect(borrow().replayed).toBe(false);
  });
});

describe("events", () => {
  it("come after the commit, typed by kind, with the entry", () => {
    const ledger = openLedger();
    const seen: string[] = [];
    ledger.on("deposit", (receipt) => {
      seen.push(`${receipt.kind} ${receipt.shares} of ${ledger.holding("usd", "ana").shares}`);
    });
    ledger.on("entry", (entry: JournalEntry) => seen.push(`entry ${entry.sequence} ${entry.kind}`));
    ledger.on("deficit", (record) => seen.push(`deficit ${record.id} ${record.status}`));
    ledger.deposit({ ...usd(1), account: "ana", assets: 100n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 10n });
    ledger.writeOff({ ...usd(3), account: "bob", provisional: true });
    ledger.realise({ ...usd(4), deficit: "usd#1" });
    expect(seen).toEqual([
      "entry 1 deposit",
      "deposit 100 of 100",
      "entry 2 borrow",
      "entry 3 write-off",
      "deficit usd#1 provisional",
      "entry 4 realise",
      "deficit usd#1 realised",
    ]);
  });

  it("do not stop at a throwing listener, and report it", () => {
    const ledger = openLedger();
    const heard: string[] = [];
    const failures: ListenerFailure[] = [];
    ledger.on("deposit", () => {
      throw new Error("listener is broken");
    });
    ledger.on("deposit", () => heard.push("second"));
    ledger.deposit({ ...usd(1), account: "ana", assets: 1n });
    expect(heard).toEqual(["second"]);
    expect(ledger.lostFailures).toBe(1);
    ledger.on("error", (failure) => failures.push(failure));
    ledger.on("error", () => {
      throw new Error("so is this one");
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 1n });
    expect(failures).toMatchObject([{ event: "deposit", cause: { message: "listener is broken" } }]);
    expect(ledger.lostFailures).toBe(2);
    expect(ledger.holding("usd", "ana").shares).toBe(2n);
    ledger.requireControls();
  });

  it("can be switched off, and a listener may act on the ledger", () => {
    const ledger = openLedger();
    let count = 0;
    const off = ledger.on("deposit", () => {
      count++;
    });
    ledger.on("borrow", () => ledger.repay({ ...usd(2), account: "bob", assets: "all" }));
    ledger.deposit({ ...usd(1), account: "ana", assets: 5n });
    off();
    ledger.deposit({ ...usd(1), account: "ana", assets: 5n });
    expect(count).toBe(1);
    ledger.borrow({ ...usd(2), account: "bob", assets: 5n });
    expect(ledger.debt("usd", "bob").shares).toBe(0n);
    expect(ledger.journal.entries().map((entry) => entry.kind)).toEqual([
      "open-pool",
      "deposit",
      "deposit",
      "borrow",
      "repay",
    ]);
    ledger.requireControls();
  });
});

describe("a faulty policy", () => {
  it("is refused by name and changes nothing", () => {
    const greedy = definePolicy({
      id: "greedy",
      version: "1",
      title: "Greedy",
      parameters: { parse: () => ({}) },
      describe: () => "Takes more than it is offered.",
      bearer: () => ({ kind: "class", id: "main" }),
      open: () => ({}),
      capacity: () => "unlimited",
      absorb: (view, request) => ({
        taken: request.remaining + 1n,
        state: view.state,
        effects: [{ kind: "write-down", class: "main", assets: request.remaining + 1n }],
        reason: "More.",
      }),
    });
    const ledger = createLedger({
      policies: [greedy],
      pools: [
        {
          id: "usd",
          asset: "USD",
          decimals: 6,
          classes: [{ id: "main" }],
          waterfall: {
            format: "shortfall-waterfall/1",
            id: "w",
            version: "1",
            layers: [{ id: "all", policy: "greedy", parameters: {} }],
          },
        },
      ],
    });
    ledger.deposit({ ...usd(1), account: "ana", assets: 100n });
    ledger.borrow({ ...usd(2), account: "bob", assets: 50n });
    const digest = ledger.digest();
    expect(() => ledger.writeOff({ ...usd(3), account: "bob" })).toThrow(
      'Policy "greedy" (layer "all") is refused: it allocated 51 of the 50 it was offered. Nothing was changed.',
    );
    expect(ledger.digest()).toBe(digest);
    expect(ledger.deficits.all()).toEqual([]);
    expect(ledger.debt("usd", "bob").assets).toBe(50n);
    ledger.requireControls();
  });
});

describe("opening pools", () => {
  const definition: PoolDefinition = {
    id: "eur",
    asset: "EUR",
    decimals: 2,
    classes: [{ id: "main" }],
    waterfall: plainWaterfall({ kind: "class", class: "main" }),
  };

  it("puts the waterfall and the definition into the journal", () => {
    const ledger = openLedger();
    const entry = ledger.openPool(definition, { block: 1, timestamp: 1 });
    expect(entry.memo).toContain(waterfallDigest(definition.waterfall));
    expect(ledger.journal.header.waterfalls).toMatchObject([{ pool: "usd", id: "plain", version: "1" }]);
    const other = openLedger().openPool({ ...definition, dustOwner: "dao" }, { block: 1, timestamp: 1 });
    expect(other.memo).not.toBe(entry.memo);
  });

  it.each<readonly [string, Partial<PoolDefinition>]>([
    ["classes is empty", { classes: [] }],
    ["classes[1] repeats", { classes: [{ id: "a" }, { id: "a" }] }],
    ["decimals is 1.5", { decimals: 1.5 }],
    ["funds[0].cap is 1, below the floor", { funds: [{ id: "f", floor: 2n, cap: 1n }] }],
    ["collateral[0].asset is the pool's own asset", { collateral: [{ asset: "EUR" }] }],
    ["reserveFactorBps is 10001", { reserveFactorBps: 10_001n }],
    ["treasuryFactorBps and the reserve factor", { reserveFactorBps: 6000n, treasuryFactorBps: 6000n }],
    ["classes[0].policiesMoveIndex is set", { classes: [{ id: "a", policiesMoveIndex: true }] }],
  ])("names what is wrong: %s", (message, change) => {
    const open = () => openLedger().openPool({ ...definition, ...change }, { block: 1, timestamp: 1 });
    expect(open).toThrow(message);
    expect(refusal(open)).toBe("SF_POOL_DEFINITION");
  });

  it("refuses an id in use and a policy that nobody registered", () => {
    expect(
      refusal(() => openLedger().openPool({ ...definition, id: "usd" }, { block: 1, timestamp: 1 })),
    ).toBe("SF_POOL_DEFINITION");
    expect(refusal(() => createLedger({ pools: [definition] }))).toBe("SF_WATERFALL_DEFINITION");
  });
});

describe("interest", () => {
  it("is shared among reserves, treasury and classes to the unit", () => {
    const ledger = openLedger({
      classes: [{ id: "senior" }, { id: "junior" }],
      waterfall: plainWaterfall({ kind: "class", class: "junior" }),
      reserveFactorBps: 1000n,
      treasuryFactorBps: 500n,
    });
    ledger.deposit({ ...usd(1), class: "senior", account: "ana", assets: 700n });
    ledger.deposit({ ...usd(1), class: "junior", account: "ben", assets: 300n });
    ledger.borrow({ ...usd(1), account: "bob", assets: 1000n });
    const { interest, reserves, treasury } = ledger.accrue({ ...usd(2), interest: 101n });
    // 10 and 5, rounded down; 86 left, by 7 to 3: 60.2 and 25.8.
    expect([interest, reserves, treasury]).toEqual([101n, 10n, 5n]);
    expect(ledger.classes("usd").map((entry) => entry.assets)).toEqual([760n, 326n]);
    ledger.accrue({ ...usd(3), interest: 100n, split: { senior: 85n } });
    expect(ledger.classes("usd").map((entry) => entry.assets)).toEqual([845n, 326n]);
    expect(refusal(() => ledger.accrue({ ...usd(4), interest: 100n, split: { senior: 84n } }))).toBe(
      "SF_AMOUNT",
    );
    // Nothing is in cash: all of it is lent out.
    expect(refusal(() => ledger.payTreasury({ ...usd(4), assets: 1n }))).toBe("SF_INSUFFICIENT_CASH");
    ledger.repay({ ...usd(5), account: "bob", assets: 10n });
    ledger.payTreasury({ ...usd(5), assets: 1n });
    expect(ledger.journal.balance("usd", CHART.treasury, "USD")).toBe(-9n);
  });
});

describe("what callers hand in and get back", () => {
  it("is copied or frozen, so that later changes reach no entry", () => {
    const ledger = openLedger();
    const at = { block: 1, timestamp: 1 };
    const receipt = ledger.deposit({ pool: "usd", at, account: "ana", assets: 100n });
    const digest = ledger.digest();
    at.block = 2;
    expect(ledger.digest()).toBe(digest);
    expect(() => Object.assign(receipt.entry, { kind: "gift" })).toThrow(TypeError);
    expect(() => Object.assign(receipt, { shares: 5n })).toThrow(TypeError);
  });

  it("is refused by name where types were not checked", () => {
    const ledger = openLedger();
    const untyped = JSON.parse('{"pool":"usd","at":{"block":1,"timestamp":1},"account":"ana","assets":5}');
    expect(() => ledger.deposit(untyped)).toThrow(
      'Action "deposit": assets is 5; give a bigint, such as 5n.',
    );
    const halfSecond = { pool: "usd", at: { block: 1, timestamp: 1.5 }, account: "ana", assets: 5n };
    expect(refusal(() => ledger.deposit(halfSecond))).toBe("SF_POSITION");
  });
});

describe("many deposits in one entry", () => {
  it("buy at one price, whatever their order", () => {
    const ledger = openLedger();
    ledger.deposit({ ...usd(1), account: "ana", assets: 100n });
    ledger.recapitalise({ ...usd(1), account: "dao", assets: 50n });
    const deposits = [
      ["ben", 31n],
      ["cho", 3n],
      ["ben", 31n],
    ] as const;
    // 31 and 3 at 1.5 a share: 20 and 2, rounded down each time.
    expect(ledger.depositMany({ ...usd(2), deposits })).toMatchObject({ assets: 65n, shares: 42n });
    expect(ledger.holding("usd", "ben").shares).toBe(40n);
    expect(refusal(() => ledger.depositMany({ ...usd(3), deposits: [["eve", 1n]] }))).toBe("SF_ZERO_SHARES");
    expect(refusal(() => ledger.depositMany({ ...usd(3), deposits: [] }))).toBe("SF_AMOUNT");
    expect(ledger.accounts.find("eve")).toBeUndefined();
    ledger.requireControls();
  });
});

describe("actions as data", () => {
  it("do what the methods do", () => {
    const script: LedgerAction[] = [
      { kind: "deposit", ...usd(1), account: "ana", assets: 100n },
      { kind: "borrow", ...usd(2), account: "bob", assets: 40n },
      { kind: "write-off", ...usd(3), account: "bob" },
    ];
    const byData = openLedger();
    const kinds = script.map((action): ActionKind => byData.apply(action).kind);
    const byMethod = openLedger();
    byMethod.deposit({ ...usd(1), account: "ana", assets: 100n });
    byMethod.borrow({ ...usd(2), account: "bob", assets: 40n });
    byMethod.writeOff({ ...usd(3), account: "bob" });
    expect(kinds).toEqual(["deposit", "borrow", "write-off"]);
    expect(byData.digest()).toBe(byMethod.digest());
  });
});
