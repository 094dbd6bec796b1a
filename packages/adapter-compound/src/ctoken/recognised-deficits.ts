import type { DeficitRegister, PoolFacts, Position, WriteOff } from "@shortfall/core";
import type { Market } from "./market.js";
import type { NativeOutcome, NativeWaterfall } from "./native-waterfall.js";
import type { Pool } from "./pool.js";
import type { Recognition, Step } from "./step.js";
import { transactionOf } from "./write-off-id.js";

/** Layer that keeps contract-recognised bad debt open until an auction covers it. */
export const BAD_DEBT_LAYER = "bad-debt";

interface Recognised {
  readonly id: string;
  readonly market: Market;
  readonly epoch: number;
  readonly amountAssets: bigint;
  readonly facts: PoolFacts;
  readonly writeOff: WriteOff | undefined;
}

/**
 * Bad debt that the contracts recognise, and its recovery. Recoveries name a market, not a borrower: they
 * cover its oldest open deficits first.
 */
export class RecognisedDeficits {
  readonly #pool: Pool;
  readonly #register: DeficitRegister;
  readonly #waterfall: NativeWaterfall;
  readonly #records = new Map<string, Recognised>();
  /** By market index, what may still be open: oldest first. */
  readonly #queues: { readonly records: Recognised[]; first: number }[];
  readonly #writtenOff: bigint[];

  constructor(pool: Pool, register: DeficitRegister, waterfall: NativeWaterfall) {
    this.#pool = pool;
    this.#register = register;
    this.#waterfall = waterfall;
    this.#queues = pool.markets.map(() => ({ records: [], first: 0 }));
    this.#writtenOff = pool.markets.map(() => 0n);
  }

  /** Takes over bad debt that the history starts with, one record a market; its borrowers are not known. */
  open(position: Position): void {
    for (const market of this.#pool.markets) {
      if (market.badDebt === 0n) continue;
      this.#recognise(`opening:${market.token}`, market, "(before this history)", market.badDebt, position);
    }
  }

  note(step: Step, position: Position, logIndexOf: (log: number) => number | undefined): void {
    for (const recognition of step.recognised) {
      const logIndex = logIndexOf(recognition.log);
      this.#writeOff(recognition, { ...position, ...(logIndex === undefined ? {} : { logIndex }) });
    }
    for (const { market, amountAssets } of step.covered) {
      this.#waterfall.recover(market, amountAssets, position);
      this.#cover(market, amountAssets);
    }
  }

  /** Recognised so far, by market index. */
  writtenOff(): readonly bigint[] {
    return this.#writtenOff;
  }

  find(id: string): Recognised | undefined {
    return this.#records.get(id);
  }

  writeOffs(): WriteOff[] {
    return [...this.#records.values()].flatMap(({ writeOff }) => writeOff ?? []);
  }

  #writeOff(recognition: Recognition, position: Position): void {
    const { market, amountAssets } = recognition;
    const account = this.#pool.accounts.keyOf(recognition.account);
    const id = `${transactionOf(position)}:${position.logIndex ?? recognition.log}:${account}`;
    this.#recognise(id, market, account, amountAssets, position, (outcome) => ({
      id,
      position,
      pool: market.token,
      asset: this.#pool.assetOf(market).commodity,
      account,
      // An observed BadDebtIncreased was accepted only because it equals the prediction.
      reported: amountAssets,
      recomputed: amountAssets,
      source: "BadDebtIncreased.badDebtDelta",
      ...outcome,
    }));
  }

  #recognise(
    id: string,
    market: Market,
    borrower: string,
    amountAssets: bigint,
    recognisedAt: Position,
    writeOff?: (outcome: NativeOutcome) => WriteOff,
  ): void {
    const facts = this.#waterfall.factsOf(market);
    const outcome = this.#waterfall.absorb(market, id, amountAssets, borrower, recognisedAt);
    const epoch = market.tokens.checkpoint();
    this.#register.recognise({
      id,
      pool: market.token,
      asset: this.#pool.assetOf(market).commodity,
      borrower,
      recognised: amountAssets,
      recognisedAt,
      layers: outcome.layers.map(({ layer, policy, amount }) => ({ layer, policy, taken: amount })),
      epoch,
    });
    const record = { id, market, epoch, amountAssets, facts, writeOff: writeOff?.(outcome) };
    this.#records.set(id, record);
    this.#queues[market.index]?.records.push(record);
    this.#writtenOff[market.index] = (this.#writtenOff[market.index] ?? 0n) + amountAssets;
  }

  #cover(market: Market, amountAssets: bigint): void {
    const queue = this.#queues[market.index];
    let left = amountAssets;
    while (queue && left > 0n) {
      const record = queue.records[queue.first];
      if (!record) return;
      const layer = this.#register.get(record.id).layers[0];
      const open = layer ? layer.taken - layer.restored : 0n;
      const part = open < left ? open : left;
      if (part > 0n) this.#register.recover(record.id, [part], 0n, 0n);
      if (part === open) queue.first++;
      left -= part;
    }
  }
}
