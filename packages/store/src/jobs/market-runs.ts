import { createHash } from "node:crypto";
import { canonicalJson, describeJournal, type JournalKey } from "@shortfall/core";
import { HashChain } from "../hash-chain.js";
import type { PostgresStore } from "../sql/postgres-store.js";
import type { SqlJournal } from "../sql/sql-journal.js";
import { RangeMismatchError } from "./errors.js";
import type { PlannedRange, RangePlan } from "./range-plan.js";
import type { MarketReplay, OpenReplay, RangeOutcome } from "./replay.js";

/** Markets whose replay is kept for their next range; each holds a market's state in memory. */
const KEPT = 4;

/** Where a replay stands: after the range that ends here. */
interface MarketRun {
  readonly replay: MarketReplay;
  toBlock: number | undefined;
}

export interface MarketRunsOptions {
  readonly store: PostgresStore;
  readonly plan: RangePlan;
  readonly open: OpenReplay;
  /** Written beside each range that is applied. */
  readonly worker: string;
}

/**
 * Replays markets range after range into their stored journals. Each range is applied once: its entries, the snapshot
 * after it and the row that says so are one transaction.
 *
 * A protocol's model cannot be taken up from a snapshot, so a worker that meets a market for the first time replays it
 * from the start, compares the digest of every range that was applied before, and writes from there. It then keeps the
 * model for the market's next range.
 */
export class MarketRuns {
  readonly #options: MarketRunsOptions;
  readonly #runs = new Map<string, MarketRun>();

  constructor(options: MarketRunsOptions) {
    this.#options = options;
  }

  /**
   * Applies the market's ranges up to the one that begins at `fromBlock`; nothing if it was applied already. Returns
   * how many were.
   *
   * @throws {RangeMismatchError} @throws {StoreConflictError} another worker was faster: nothing was written.
   */
  async apply(key: JournalKey, fromBlock: number): Promise<number> {
    const name = describeJournal(key);
    const all = await this.#options.plan.ranges(key);
    const due = all.filter((range) => range.fromBlock <= fromBlock);
    if (due.every((range) => range.applied !== undefined)) return 0;
    const run = await this.#runOf(key, name, due);
    // Whatever fails below, the model may have moved on without its range: it is not kept then.
    this.#runs.delete(name);
    try {
      const count = await this.#advance(key, run, due);
      if (all.length > due.length) await this.#keep(name, run);
      else await run.replay.close();
      return count;
    } catch (error) {
      await run.replay.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { replay } of this.#runs.values()) await replay.close();
    this.#runs.clear();
  }

  /** Replays the ranges after the run's place; compares those that were applied, and applies the rest. */
  async #advance(key: JournalKey, run: MarketRun, due: readonly PlannedRange[]): Promise<number> {
    const { replay, toBlock: from = -1 } = run;
    const chain = run.toBlock === undefined ? new HashChain(replay.header) : undefined;
    const journal = await this.#options.store.open(key, replay.header);
    let count = 0;
    try {
      for (const range of due.filter(({ toBlock }) => toBlock > from)) {
        const outcome = await replay.advance(range.toBlock);
        run.toBlock = range.toBlock;
        if (range.applied) requireSame(describeJournal(key), range, outcome, chain);
        else {
          await this.#write(journal, range, outcome);
          count++;
        }
      }
      return count;
    } finally {
      await journal.close();
    }
  }

  /** The kept run if it stands right before the first range to apply, else one from the start. */
  async #runOf(key: JournalKey, name: string, due: readonly PlannedRange[]): Promise<MarketRun> {
    const kept = this.#runs.get(name);
    const next = due.findIndex((range) => range.applied === undefined);
    if (kept) {
      if (kept.toBlock === due[next - 1]?.toBlock) return kept;
      this.#runs.delete(name);
      await kept.replay.close();
    }
    return { replay: await this.#options.open(key, due[0]!.source), toBlock: undefined };
  }

  async #keep(name: string, run: MarketRun): Promise<void> {
    this.#runs.set(name, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size <= KEPT || oldest === undefined) return;
    const dropped = this.#runs.get(oldest);
    this.#runs.delete(oldest);
    await dropped?.replay.close();
  }

  async #write(journal: SqlJournal, range: PlannedRange, outcome: RangeOutcome): Promise<void> {
    const { plan, worker } = this.#options;
    const { entries, snapshot } = outcome;
    await journal.appendWith(entries, snapshot, async (session, { length, digest }) => {
      await session.query(
        `INSERT INTO ${plan.tables.applied} (market, from_block, to_block, length, digest, snapshot, worker) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [journal.market, range.fromBlock, range.toBlock, length, digest, digestOf(snapshot), worker],
      );
    });
  }
}

/** SHA-256 of bytes, lower-case hex. */
export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** @throws {RangeMismatchError} */
function requireSame(
  market: string,
  { toBlock, applied }: PlannedRange,
  { entries, snapshot }: RangeOutcome,
  chain: HashChain | undefined,
): void {
  if (!applied || !chain) return;
  for (const entry of entries) chain.add(canonicalJson(entry));
  const digest = chain.digest();
  if (digest !== applied.digest) throw new RangeMismatchError(market, toBlock, applied.digest, digest);
  const state = digestOf(snapshot);
  if (state !== applied.snapshot) throw new RangeMismatchError(market, toBlock, applied.snapshot, state);
}
