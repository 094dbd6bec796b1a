import { CHART } from "@shortfall/core";
import type { ReportData } from "../report/report-data.js";
import type { StatementEntry } from "./entry.js";

/** Blocks before a loss or a recovery in which a movement is told of. */
export const TIMING_BLOCKS = 10;

/**
 * A withdrawal shortly before a loss. It is reported, never accused: people leave for many reasons. Base units.
 *
 * paidOut − ⌊paidOut·(claims − loss)/claims⌋ = avoided, with the claims of all before the withdrawal.
 */
export interface ExitAvoidance {
  readonly history: string;
  readonly pool: string;
  readonly writeOff: string;
  readonly account: string;
  /** Entry of the withdrawal. */
  readonly sequence: number;
  readonly block: number;
  readonly blocksBefore: number;
  readonly sameTransaction: boolean;
  readonly paidOut: bigint;
  readonly avoided: bigint;
}

/** A deposit shortly before a recovery that goes to whoever holds then. `captured` = ⌊recovery·deposit/claims⌋. */
export interface RecoverySniping {
  readonly history: string;
  readonly pool: string;
  readonly account: string;
  /** Entries of the deposit and of the recovery. */
  readonly sequence: number;
  readonly recoverySequence: number;
  readonly block: number;
  readonly blocksBefore: number;
  readonly deposit: bigint;
  readonly captured: bigint;
}

interface Exit {
  readonly entry: StatementEntry;
  readonly account: string;
  readonly paidOut: bigint;
  readonly claims: bigint;
}

interface Loss {
  readonly id: string;
  readonly block: number;
  readonly tx: string;
  readonly borne: bigint;
}

interface PoolTiming {
  readonly asset: string;
  readonly losses: readonly Loss[];
  readonly exits: Exit[];
  deposits: { readonly entry: StatementEntry; readonly account: string; readonly assets: bigint }[];
  /** What all suppliers are owed. */
  claims: bigint;
}

/** Finds withdrawals before losses and deposits before recoveries while the entries of a journal pass by. */
export class Timing {
  readonly #pools = new Map<string, PoolTiming>();
  readonly #sniping: RecoverySniping[] = [];

  constructor(data: ReportData) {
    const borne = new Map<string, bigint>();
    for (const { writeOff, pool, absorbed } of data.haircuts) {
      const key = `${writeOff}\u0000${pool}`;
      borne.set(key, (borne.get(key) ?? 0n) + absorbed);
    }
    for (const { history, pool, asset } of data.pools) {
      const losses = data.writeOffs
        .filter((row) => row.file === history && row.pool === pool && row.asset === asset)
        .map(({ id, block, tx }) => ({ id, block, tx, borne: borne.get(`${id}\u0000${pool}`) ?? 0n }))
        .filter((loss) => loss.borne > 0n);
      this.#pools.set(`${history}\u0000${pool}`, { asset, losses, exits: [], deposits: [], claims: 0n });
    }
  }

  entry(history: string, entry: StatementEntry): void {
    for (const pool of new Set(entry.postings.map((posting) => posting.pool))) {
      const timing = this.#pools.get(`${history}\u0000${pool}`);
      if (timing) this.#observe(history, pool, timing, entry);
    }
  }

  exits(): ExitAvoidance[] {
    return [...this.#pools].flatMap(([key, { losses, exits }]) => {
      const [history = "", pool = ""] = key.split("\u0000");
      return losses.flatMap(({ id, block, tx, borne }) =>
        exits
          .filter(
            ({ entry: { position } }) => position.block <= block && position.block >= block - TIMING_BLOCKS,
          )
          .map(({ entry, account, paidOut, claims }) => ({
            history,
            pool,
            writeOff: id,
            account,
            sequence: entry.sequence,
            block: entry.position.block,
            blocksBefore: block - entry.position.block,
            sameTransaction: entry.position.transaction === tx,
            paidOut,
            avoided: paidOut - (borne >= claims ? 0n : (paidOut * (claims - borne)) / claims),
          })),
      );
    });
  }

  sniping(): readonly RecoverySniping[] {
    return this.#sniping;
  }

  #observe(history: string, pool: string, timing: PoolTiming, entry: StatementEntry): void {
    const own = entry.postings.filter((side) => side.pool === pool && side.commodity === timing.asset);
    const sum = (is: (account: string) => boolean): bigint =>
      own.reduce((total, { account, amount }) => (is(account) ? total + amount : total), 0n);
    const owed = -sum((account) => account.startsWith(CHART.suppliers("")));
    const cash = sum((account) => account === CHART.cash);
    const { account, position } = entry;
    if (account !== undefined && owed < 0n && cash < 0n && isSoonLost(timing.losses, position.block)) {
      timing.exits.push({ entry, account, paidOut: -owed, claims: timing.claims });
    }
    if (account !== undefined && owed > 0n && cash > 0n) {
      timing.deposits = timing.deposits.filter((each) => isNear(each.entry, entry));
      timing.deposits.push({ entry, account, assets: owed });
    }
    const recovered = -sum((each) => each === CHART.recovery);
    if (recovered > 0n && owed > 0n && account === undefined)
      this.#recovery(history, pool, timing, entry, owed);
    timing.claims += owed;
  }

  #recovery(
    history: string,
    pool: string,
    timing: PoolTiming,
    entry: StatementEntry,
    recovery: bigint,
  ): void {
    for (const deposit of timing.deposits) {
      if (!isNear(deposit.entry, entry) || timing.claims === 0n) continue;
      this.#sniping.push({
        history,
        pool,
        account: deposit.account,
        sequence: deposit.entry.sequence,
        recoverySequence: entry.sequence,
        block: entry.position.block,
        blocksBefore: entry.position.block - deposit.entry.position.block,
        deposit: deposit.assets,
        captured: (recovery * deposit.assets) / timing.claims,
      });
    }
  }
}

const isSoonLost = (losses: readonly Loss[], block: number): boolean =>
  losses.some((loss) => loss.block >= block && loss.block <= block + TIMING_BLOCKS);

const isNear = (before: StatementEntry, after: StatementEntry): boolean =>
  after.position.block - before.position.block <= TIMING_BLOCKS;
