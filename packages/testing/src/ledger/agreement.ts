import {
  type AnyLossPolicy,
  CHART,
  createLedger,
  isShortfallError,
  type Ledger,
  type LedgerAction,
} from "@shortfall/core";
import { NaiveRefusal } from "./naive-book.js";
import { NaiveLedger } from "./naive-ledger.js";
import type { NaivePool } from "./naive-pool.js";
import { type LayerBinding, poolDefinition } from "./scenario.js";
import { ACCOUNTS, actionOf, type Script } from "./script.js";

/** The two ledgers differ, or one of the invariants does not hold. */
export class LedgerDisagreement extends Error {
  constructor(
    readonly step: number,
    readonly action: LedgerAction | undefined,
    readonly what: string,
    readonly ledger: unknown,
    readonly naive: unknown,
  ) {
    super(
      `After step ${step} (${action?.kind ?? "opening"}) ${what}: the ledger has ${text(ledger)}, the naive one ${text(naive)}.`,
    );
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}` : part)) ?? "nothing";

/** How a script went. */
export interface ScriptOutcome {
  readonly done: number;
  readonly refused: number;
  readonly writeOffs: number;
  readonly kinds: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<string, number>;
  readonly digest: string;
}

/**
 * Runs a script on the ledger and on the naive one and compares everything that can be read after every step:
 * results, refusals by code, totals, every account, deficits, haircuts; and the journal against all of it.
 *
 * @throws {LedgerDisagreement}
 */
export function runScript(
  script: Script,
  policies: Iterable<AnyLossPolicy>,
  bind: LayerBinding,
): ScriptOutcome {
  const naive = new NaiveLedger(script.pools);
  const ledger = createLedger({
    policies,
    pools: script.pools.map((pool) => poolDefinition(pool, bind)),
    trust: "fast",
  });
  const kinds = new Map<string, number>();
  const refusals = new Map<string, number>();
  let refused = 0;
  let writeOffs = 0;
  script.steps.forEach((step, number) => {
    const action = actionOf(step, naive, number);
    const wanted = attempt(() => naive.apply(action), NaiveRefusal);
    const entries = ledger.journal.length;
    const accounts = ledger.accounts.size;
    const differ = (what: string, a: unknown, b: unknown): void => {
      if (text(a) !== text(b)) throw new LedgerDisagreement(number, action, what, a, b);
    };
    const got = attempt(() => ledger.apply(action), Error);
    if ("refusal" in got) {
      if (!isShortfallError(got.refusal)) throw got.refusal;
      differ("was refused", got.refusal.code, "refusal" in wanted ? wanted.refusal.code : "done");
      differ("left entries", ledger.journal.length, entries);
      differ("left accounts", ledger.accounts.size, accounts);
      refused++;
      refusals.set(got.refusal.code, (refusals.get(got.refusal.code) ?? 0) + 1);
    } else {
      differ("was done", "done", "refusal" in wanted ? wanted.refusal.code : "done");
      if ("value" in wanted) compareResult(got.value, wanted.value, differ);
      kinds.set(action.kind, (kinds.get(action.kind) ?? 0) + 1);
      if (action.kind === "write-off") {
        writeOffs++;
        compareHaircuts(ledger, naive.pools.get(action.pool)!, differ);
      }
    }
    for (const pool of naive.pools.values()) comparePool(ledger, pool, differ);
    ledger.requireControls(`step ${number}`);
  });
  for (const pool of naive.pools.values()) {
    compareDeficits(ledger, pool, (what, a, b) => {
      if (text(a) !== text(b)) throw new LedgerDisagreement(script.steps.length, undefined, what, a, b);
    });
  }
  return {
    done: script.steps.length - refused,
    refused,
    writeOffs,
    kinds,
    refusals,
    digest: ledger.digest(),
  };
}

type Differ = (what: string, ledger: unknown, naive: unknown) => void;
type Attempt<E> = { readonly value: Readonly<Record<string, unknown>> } | { readonly refusal: E };

function attempt<E extends Error>(act: () => object, kind: new (...args: never[]) => E): Attempt<E> {
  try {
    return { value: { ...act() } };
  } catch (error) {
    if (error instanceof kind) return { refusal: error };
    throw error;
  }
}

function compareResult(
  got: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  differ: Differ,
): void {
  for (const [field, value] of Object.entries(wanted)) {
    if (field !== "slots") {
      differ(`answered ${field}`, got[field], value);
      continue;
    }
    const { slots } = got;
    differ(
      "paid slots",
      Array.isArray(slots) ? slots.map(({ slot, restored }) => [slot, restored]) : slots,
      value,
    );
  }
}

function comparePool(ledger: Ledger, pool: NaivePool, differ: Differ): void {
  const { id } = pool.spec;
  const view = ledger.view(id);
  const balance = (account: string, commodity = "USD") => ledger.journal.balance(id, account, commodity);
  differ(`${id}.cash`, view.cash, pool.cash);
  differ(`${id}.reserves`, view.reserves, pool.reserves);
  differ(`${id}.treasury`, view.treasury, pool.treasury);
  differ(`${id}.carried`, view.deficitCarried, pool.carried);
  differ(`${id}.loans`, view.loans, pool.debt.assets - pool.provision);
  differ(`${id}.uncovered`, balance(CHART.writeOff), pool.uncovered);
  differ(`${id}.rounding`, balance(CHART.rounding("pool")), -pool.rounding);
  differ(`${id}.payable`, balance(CHART.payable), -pool.payable);
  ledger.classes(id).forEach((totals, index) => {
    const book = pool.classes[index]!;
    differ(`${id}.${totals.class}.shares`, totals.shares, book.shares);
    differ(`${id}.${totals.class}.assets`, totals.assets, book.assets);
    differ(`${id}.${totals.class}.index`, totals.index, book.index);
  });
  for (const account of ACCOUNTS) {
    pool.spec.classes.forEach((entry, index) => {
      const book = pool.classes[index]!;
      const holding = ledger.holding(id, account, entry.id);
      differ(`${id}.${entry.id}.${account}.shares`, holding.shares, book.of(account));
      const worth = holding.shares === 0n ? 0n : book.worth(holding.shares, false);
      differ(`${id}.${entry.id}.${account}.assets`, holding.assets, worth);
    });
    const debt = ledger.debt(id, account);
    differ(`${id}.debt.${account}.shares`, debt.shares, pool.debt.of(account));
    differ(`${id}.debt.${account}.assets`, debt.assets, pool.debt.owed(account));
    differ(`${id}.credited.${account}`, ledger.credited(id, account), pool.credited.get(account) ?? 0n);
    for (const [asset, rows] of pool.collateral) {
      differ(`${id}.${asset}.${account}`, ledger.collateral(id, account, asset), rows.get(account) ?? 0n);
    }
  }
  for (const [fund, tokens] of pool.funds) differ(`${id}.${fund}`, ledger.fund(id, fund), tokens);
}

/** Σ losses + dust = absorbed by the class, and every holder's loss is the naive one. */
function compareHaircuts(ledger: Ledger, pool: NaivePool, differ: Differ): void {
  const deficit = pool.deficits[pool.deficits.length - 1]!;
  const tables = ledger.haircuts(deficit.id);
  pool.spec.classes.forEach((entry, index) => {
    const wanted = deficit.haircuts[index]!;
    const table = tables.find(({ bearer }) => bearer === entry.id);
    if (wanted.size === 0) {
      differ(`${deficit.id}.${entry.id}.haircut`, table, undefined);
      return;
    }
    let sum = table?.dust ?? 0n;
    for (const row of table?.rows ?? []) {
      sum += row.loss;
      differ(`${deficit.id}.${entry.id}.${row.account}`, row.loss, wanted.get(row.account));
    }
    differ(`${deficit.id}.${entry.id}.dust`, table?.dust, wanted.get(""));
    differ(`${deficit.id}.${entry.id}.sum`, sum, table?.absorbed);
    differ(`${deficit.id}.${entry.id}.rows`, table?.rows.length, wanted.size - 1);
  });
}

/** recognised = Σ taken + uncovered + what has been paid of the uncovered part. */
function compareDeficits(ledger: Ledger, pool: NaivePool, differ: Differ): void {
  for (const deficit of pool.deficits) {
    const record = ledger.deficits.get(deficit.id);
    differ(`${deficit.id}.status`, record.status, deficit.status);
    differ(`${deficit.id}.uncovered`, record.uncovered, deficit.uncovered);
    differ(`${deficit.id}.recovered`, record.recovered, deficit.recovered);
    differ(`${deficit.id}.excess`, record.excess, deficit.excess);
    differ(
      `${deficit.id}.layers`,
      record.layers.map(({ layer, taken, restored }) => [layer, taken, restored]),
      deficit.parts.map(({ layer, taken, restored }) => [layer, taken, restored]),
    );
    let taken = deficit.firstUncovered;
    for (const layer of record.layers) taken += layer.taken;
    differ(`${deficit.id} = absorbed + uncovered`, taken, record.recognised);
  }
}
