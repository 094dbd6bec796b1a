import { type ClassFacts, type Fields, type PoolFacts, poolFacts } from "@shortfall/core";
import { zeroFloorSub } from "@shortfall/math";
import { exitValueDown } from "../marks/exit-mark.js";
import { splitProceeds } from "../pieces/proceeds.js";
import { sharesForDown, shareValueDown } from "../pieces/shares.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";

/** 100 % of the cover. */
const COVER_SCALE = 1_000_000n;

interface Loan {
  readonly principal: bigint;
  readonly interest: bigint;
}

/** Impairments mark the exit price; a default is paid from proceeds and a delegate's cover, then by the pool. */
export function runDelegateCover(inputs: Fields): unknown {
  return new DelegatePool(inputs).run(inputs.objects("events"));
}

class DelegatePool {
  readonly #bench: Bench;
  readonly #cover: Bench;
  readonly #holders: Map<string, bigint>;
  readonly #loans = new Map<string, Loan>();
  #cash: bigint;
  #principalOut: bigint;
  #accountedInterest: bigint;
  #treasury = 0n;
  #borrower = 0n;

  constructor(inputs: Fields) {
    this.#holders = new Map(Object.entries(amounts(inputs.object("holders"))));
    this.#cash = inputs.amount("cash");
    this.#principalOut = inputs.amount("principalOut");
    this.#accountedInterest = inputs.amount("accountedInterest");
    const percent = inputs.object("params").amount("maxCoverLiquidationPercent");
    this.#cover = new Bench(
      [
        layer("cover", "cash-fund", {
          fund: "cover",
          limits: { fraction: { num: percent, den: COVER_SCALE } },
        }),
      ],
      poolFacts({ funds: [{ id: "cover", balance: inputs.amount("cover") }] }),
    );
    this.#bench = new Bench(
      [layer("mark", "exit-mark", { class: "pool" }), layer("pool", "pro-rata", { class: "pool" })],
      this.#facts(inputs.amount("totalSupply"), 0n),
    );
  }

  run(events: readonly Fields[]): unknown {
    return { steps: events.map((event) => this.#step(event)) };
  }

  #step(event: Fields): unknown {
    const type = event.string("type");
    switch (type) {
      case "impair":
        this.#impair(event);
        return { type, ...this.#standing() };
      case "remove-impairment":
        this.#removeMark(event.string("loan"));
        return { type, ...this.#standing() };
      case "deposit": {
        const shares = sharesForDown(this.#pool(), event.amount("amount"));
        this.#cash += event.amount("amount");
        this.#move(event.string("user"), shares);
        return { type, shares, ...this.#standing() };
      }
      case "redeem": {
        const assets = exitValueDown(this.#pool(), event.amount("shares"));
        this.#cash -= assets;
        this.#move(event.string("user"), -event.amount("shares"));
        return { type, assets, ...this.#standing() };
      }
      case "default":
        return { type, ...this.#default(event), ...this.#standing() };
      default:
        throw new CaseError("", `${event.path}.type`, "a known event", type);
    }
  }

  #impair(event: Fields): void {
    const loan = { principal: event.amount("principal"), interest: event.amount("interest") };
    this.#loans.set(event.string("loan"), loan);
    this.#bench.act("mark", "mark", {
      loan: event.string("loan"),
      amount: loan.principal + loan.interest,
    });
  }

  #removeMark(id: string): void {
    const removed = this.#bench.act("mark", "remove", { loan: id });
    if (!removed.ok) throw new CaseError("", `loan ${id}`, "an impaired loan", removed.reason);
  }

  /** Proceeds first, then the cover (its fees first), then the pool: what the books lose is written down. */
  #default(event: Fields): Record<string, unknown> {
    const id = event.string("loan");
    const loan = this.#loans.get(id);
    if (!loan) throw new CaseError("", `${event.path}.loan`, "a loan that was impaired", `"${id}"`);
    this.#removeMark(id);
    this.#loans.delete(id);
    const owed = loan.principal + event.amount("netInterest");
    const proceeds = splitProceeds(event.amount("recovered"), event.amount("platformFees"), owed);
    this.#treasury += proceeds.toTreasury;
    this.#borrower += proceeds.toBorrower;
    const available = this.#cover.capacities()[0];
    const paid = this.#cover.lose(proceeds.feesLeft + proceeds.lossLeft).absorbed;
    const covered = splitProceeds(paid, proceeds.feesLeft, proceeds.lossLeft);
    this.#treasury += covered.toTreasury;
    this.#principalOut -= loan.principal;
    this.#accountedInterest = zeroFloorSub(this.#accountedInterest, loan.interest);
    this.#cash += proceeds.toPool + covered.toPool;
    // What the books lose falls on the pool. Late interest was never booked, so they may gain instead.
    const bookLoss = this.#pool().assets - this.#bookAssets();
    if (bookLoss > 0n) this.#bench.lose(bookLoss, { after: "mark" });
    else this.#refresh();
    return {
      remainingLosses: proceeds.lossLeft,
      unrecoveredFees: proceeds.feesLeft,
      availableCover: available,
      coverToTreasury: covered.toTreasury,
      coverToPool: covered.toPool,
    };
  }

  #pool(): ClassFacts {
    return this.#bench.facts.classes[0]!;
  }

  #move(user: string, shares: bigint): void {
    this.#holders.set(user, (this.#holders.get(user) ?? 0n) + shares);
    this.#refresh(this.#pool().shares + shares);
  }

  /** The pool's class follows cash, principal and accounted interest; marks stay as they are. */
  #refresh(supply = this.#pool().shares): void {
    this.#bench.facts = this.#facts(supply, this.#pool().marked ?? 0n);
  }

  #bookAssets(): bigint {
    return this.#cash + this.#principalOut + this.#accountedInterest;
  }

  #facts(supply: bigint, marked: bigint): PoolFacts {
    return poolFacts({
      cash: this.#cash,
      classes: [
        {
          id: "pool",
          assets: this.#bookAssets(),
          shares: supply,
          marked,
          holders: Object.fromEntries(this.#holders),
        },
      ],
    });
  }

  #standing(): Record<string, unknown> {
    const pool = this.#pool();
    const marked = pool.marked ?? 0n;
    return {
      totalAssets: pool.assets,
      unrealizedLosses: marked > pool.assets ? pool.assets : marked,
      cover: this.#cover.facts.funds.get("cover")?.balance,
      treasury: this.#treasury,
      borrower: this.#borrower,
      totalSupply: pool.shares,
      holders: Object.fromEntries(
        [...this.#holders].map(([id, shares]) => [
          id,
          { shares, assets: shareValueDown(pool, shares), exitAssets: exitValueDown(pool, shares) },
        ]),
      ),
    };
  }
}
