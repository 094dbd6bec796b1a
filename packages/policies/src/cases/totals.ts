import { type ClassFacts, type Fields, poolFacts } from "@shortfall/core";
import type { Fraction } from "../pieces/schema.js";
import { sharesForDown, shareValueDown } from "../pieces/shares.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";

/** A pool whose share price is assets over shares: losses, gains, deposits, burns of a holder's shares. */
export function runTotals(inputs: Fields): unknown {
  const params = inputs.object("params");
  const holders = amounts(inputs.object("holders"));
  const afterZero = params.has("afterZero") ? params.string("afterZero") : undefined;
  const burned = burnHolder(inputs);
  const book = new Book(
    new Bench(
      [
        ...(burned === undefined ? [] : [layer("burn", "share-burn", { class: "pool", holder: burned })]),
        layer("pool", "pro-rata", {
          class: "pool",
          ...(params.has("lossCap") ? { minimumRate: minimumRate(params) } : {}),
        }),
        ...(afterZero === undefined ? [] : [layer("revenue", "reserve")]),
      ],
      poolFacts({
        reserves: inputs.has("revenue") ? inputs.amount("revenue") : 0n,
        classes: [
          {
            id: "pool",
            assets: inputs.amount("totalAssets"),
            shares: inputs.amount("totalShares"),
            virtual: {
              assets: params.has("virtualAssets") ? params.amount("virtualAssets") : 0n,
              shares: params.has("virtualShares") ? params.amount("virtualShares") : 0n,
            },
            holders,
          },
        ],
      }),
    ),
    Object.keys(holders),
  );
  const onZero = params.has("onZero") ? params.string("onZero") : undefined;
  const initial = book.standing();
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    switch (type) {
      case "loss":
        return { type, ...totalsLoss(book, event, afterZero, onZero), ...book.standing() };
      case "loss-by-burn":
        return { type, ...burnLoss(book, event), ...book.standing() };
      case "deposit":
        return {
          type,
          shares: book.deposit(event.string("holder"), event.amount("amount")),
          ...book.standing(),
        };
      case "withdraw":
        return {
          type,
          assets: book.withdraw(event.string("holder"), event.amount("shares")),
          ...book.standing(),
        };
      case "gain":
        book.change((pool) => ({ ...pool, assets: pool.assets + event.amount("amount") }));
        return { type, ...book.standing() };
      default:
        throw new CaseError("", `${event.path}.type`, "loss, loss-by-burn, deposit, withdraw or gain", type);
    }
  });
  return { initial, steps };
}

function totalsLoss(
  book: Book,
  event: Fields,
  afterZero: string | undefined,
  onZero: string | undefined,
): Record<string, unknown> {
  const requested = event.amount("amount");
  const hasBurn = book.bench.waterfall.layers[0]?.id === "burn";
  const outcome = book.bench.lose(requested, hasBurn ? { after: "burn" } : {});
  const pool = outcome.layers.find((entry) => entry.layer === "pool");
  return {
    ...(afterZero === undefined
      ? {}
      : { fromRevenue: outcome.layers.find((entry) => entry.layer === "revenue")?.taken ?? 0n }),
    requested,
    applied: pool?.taken ?? 0n,
    uncovered: outcome.uncovered,
    ...(onZero !== undefined && book.pool().assets === 0n ? { state: onZero } : {}),
  };
}

function burnLoss(book: Book, event: Fields): Record<string, unknown> {
  const outcome = book.bench.lose(event.amount("amount"));
  const burn = outcome.layers.find((entry) => entry.layer === "burn");
  return {
    sharesWanted: burn?.figures.sharesWanted ?? 0n,
    sharesBurned: burn?.figures.sharesBurned ?? 0n,
    uncoveredAssets: burn?.figures.missingAssets ?? 0n,
  };
}

/** Whose shares the case burns, if it burns any. */
function burnHolder(inputs: Fields): string | undefined {
  const names = new Set(
    inputs
      .objects("events")
      .filter((event) => event.string("type") === "loss-by-burn")
      .map((event) => event.string("holder")),
  );
  if (names.size > 1)
    throw new CaseError("", "events", "one holder whose shares are burned", [...names].join(", "));
  return [...names][0];
}

/** The cap "keep at least this many assets per share", in the forms that cases write it. */
function minimumRate(params: Fields): Fraction {
  const cap = params.raw("lossCap");
  if (typeof cap === "string") {
    const percent = /(\d+)\s*%/.exec(cap);
    const ratio = /(\d+)\s*\/\s*(\d+)/.exec(cap);
    if (ratio) return { num: BigInt(ratio[1]!), den: BigInt(ratio[2]!) };
    if (percent) return { num: BigInt(percent[1]!), den: 100n };
    throw new CaseError("", "params.lossCap", "a rate such as 1 % or 1/100", cap);
  }
  const fields = params.object("lossCap");
  const source = fields.has("minRate") ? fields.object("minRate") : fields;
  return { num: source.amount("num"), den: source.amount("den") };
}

/** The pool and its holders between losses. */
class Book {
  readonly bench: Bench;
  readonly #holders: string[];

  constructor(bench: Bench, holders: string[]) {
    this.bench = bench;
    this.#holders = holders;
  }

  pool(): ClassFacts {
    return this.bench.facts.classes[0]!;
  }

  change(next: (pool: ClassFacts) => Omit<ClassFacts, "sharesOf">, holder?: readonly [string, bigint]): void {
    const pool = this.pool();
    const changed = next(pool);
    this.bench.facts = {
      ...this.bench.facts,
      classes: [
        {
          ...changed,
          sharesOf: (account) => pool.sharesOf(account) + (holder && holder[0] === account ? holder[1] : 0n),
        },
      ],
    };
  }

  deposit(holder: string, amount: bigint): bigint {
    const shares = sharesForDown(this.pool(), amount);
    this.change(
      (pool) => ({ ...pool, assets: pool.assets + amount, shares: pool.shares + shares }),
      [holder, shares],
    );
    if (!this.#holders.includes(holder)) this.#holders.push(holder);
    return shares;
  }

  withdraw(holder: string, shares: bigint): bigint {
    const assets = shareValueDown(this.pool(), shares);
    this.change(
      (pool) => ({ ...pool, assets: pool.assets - assets, shares: pool.shares - shares }),
      [holder, -shares],
    );
    return assets;
  }

  standing(): Record<string, unknown> {
    const pool = this.pool();
    return {
      totalAssets: pool.assets,
      totalShares: pool.shares,
      revenue: this.bench.facts.reserves,
      holders: Object.fromEntries(
        this.#holders.map((id) => [
          id,
          { shares: pool.sharesOf(id), assets: shareValueDown(pool, pool.sharesOf(id)) },
        ]),
      ),
    };
  }
}
