import { CHART } from "@shortfall/core";
import type { ReportData } from "../report/report-data.js";
import type { StatementEntry } from "./entry.js";

/**
 * What became of a pool's losses and of what stands against them, from its first entry to its last. Base units of
 * `asset`. deficit: opening + recognised − absorbed − recovered = closing. allowance: opening + added − absorbed =
 * closing; it may be negative where losses exceeded what was earned.
 */
export interface RollForward {
  readonly history: string;
  readonly pool: string;
  readonly asset: string;
  readonly deficit: {
    readonly opening: bigint;
    readonly recognised: bigint;
    /** Taken by holders, funds and reserves, at once or when a carried deficit was covered. */
    readonly absorbed: bigint;
    /** Paid in against what was still open. */
    readonly recovered: bigint;
    /** Carried, or covered by nobody. */
    readonly closing: bigint;
  };
  /** Reserves, insurance funds and provisions. */
  readonly allowance: {
    readonly opening: bigint;
    readonly added: bigint;
    readonly absorbed: bigint;
    readonly closing: bigint;
  };
  /** Came in for losses that somebody had borne before. */
  readonly recoveredLater: bigint;
  /** Debt of accounts without collateral that nobody has written off. */
  readonly latent: bigint;
  /** Interest booked on debt that nothing backs any more; null where the model does not tell. */
  readonly phantomInterest: bigint | null;
}

interface Movements {
  readonly asset: string;
  deficitOpening: bigint;
  deficitDebits: bigint;
  deficitCovered: bigint;
  deficitRecovered: bigint;
  allowanceOpening: bigint;
  allowanceAdded: bigint;
  allowanceUsed: bigint;
  recoveredLater: bigint;
}

/** Kinds of the entries that begin a journal. */
const OPENING: ReadonlySet<string> = new Set(["open", "opening"]);

/** Adds up the movements of every pool's loss accounts while its entries pass by. */
export class RollForwards {
  readonly #data: ReportData;
  readonly #pools: ReadonlyMap<string, Movements>;

  constructor(data: ReportData) {
    this.#data = data;
    this.#pools = new Map(
      data.pools.map(({ history, pool, asset }) => [
        `${history}\u0000${pool}`,
        {
          asset,
          deficitOpening: 0n,
          deficitDebits: 0n,
          deficitCovered: 0n,
          deficitRecovered: 0n,
          allowanceOpening: 0n,
          allowanceAdded: 0n,
          allowanceUsed: 0n,
          recoveredLater: 0n,
        },
      ]),
    );
  }

  entry(history: string, entry: StatementEntry): void {
    for (const pool of new Set(entry.postings.map((posting) => posting.pool))) {
      const movements = this.#pools.get(`${history}\u0000${pool}`);
      if (movements) this.#move(movements, pool, entry);
    }
  }

  rows(): RollForward[] {
    return this.#data.pools.map((view): RollForward => {
      const moved = this.#pools.get(`${view.history}\u0000${view.pool}`)!;
      const losses = this.#data.writeOffs.filter(
        ({ file, pool, asset }) => file === view.history && pool === view.pool && asset === view.asset,
      );
      const recognised = losses.reduce((sum, { recomputed }) => sum + recomputed, 0n);
      const uncovered = losses.reduce((sum, row) => sum + row.uncovered, 0n);
      const opening = moved.deficitOpening;
      const recovered = moved.deficitRecovered;
      const closing = opening + moved.deficitDebits - moved.deficitCovered - recovered + uncovered;
      // What was recognised and not carried was borne at once.
      const absorbed = recognised - moved.deficitDebits - uncovered + moved.deficitCovered;
      const phantom: unknown = "phantomInterest" in view ? view.phantomInterest : undefined;
      return {
        history: view.history,
        pool: view.pool,
        asset: view.asset,
        deficit: { opening, recognised, absorbed, recovered, closing },
        allowance: {
          opening: moved.allowanceOpening,
          added: moved.allowanceAdded,
          absorbed: moved.allowanceUsed,
          closing: moved.allowanceOpening + moved.allowanceAdded - moved.allowanceUsed,
        },
        recoveredLater: moved.recoveredLater,
        latent: view.deficitLatent,
        phantomInterest:
          typeof phantom === "bigint" || (typeof phantom === "string" && /^-?\d+$/.test(phantom))
            ? BigInt(phantom)
            : null,
      };
    });
  }

  #move(movements: Movements, pool: string, { kind, postings }: StatementEntry): void {
    const own = postings.filter((side) => side.pool === pool && side.commodity === movements.asset);
    const sum = (is: (account: string) => boolean): bigint =>
      own.reduce((total, { account, amount }) => (is(account) ? total + amount : total), 0n);
    const deficit = sum((account) => account === CHART.deficit);
    const allowance = -sum(isAllowance);
    const recovery = -sum((account) => account === CHART.recovery);
    if (OPENING.has(kind)) {
      movements.deficitOpening += deficit;
      movements.allowanceOpening += allowance;
      return;
    }
    movements.recoveredLater += recovery;
    if (deficit > 0n) movements.deficitDebits += deficit;
    else if (sum((account) => account === CHART.cash) > 0n) movements.deficitRecovered -= deficit;
    else movements.deficitCovered -= deficit;
    const isLoss = deficit !== 0n || own.some(({ account }) => account === CHART.writeOff);
    if (isLoss && allowance < 0n) movements.allowanceUsed -= allowance;
    else movements.allowanceAdded += allowance;
  }
}

const isAllowance = (account: string): boolean =>
  account === CHART.reserves || account === CHART.provision || account.startsWith(CHART.insurance(""));
