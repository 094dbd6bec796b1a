import {
  type DeficitRegister,
  type HaircutTable,
  type LossMoment,
  type Position,
  ShortfallError,
  type WriteOff,
} from "@shortfall/core";
import { allocateLargestRemainder, min } from "@shortfall/math";
import type { Market } from "../market.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import type { DeficitCovered, DeficitCreated, Slash } from "../step.js";

/** Layers that a deficit passes, in loss order. */
export const LAYERS = {
  carried: { layer: "carried", policy: "carry" },
  offset: { layer: "deficit-offset", policy: "deductible" },
  stake: { layer: "umbrella-stake", policy: "stake-slash" },
  direct: { layer: "direct-cover", policy: "cash-fund" },
} as const;

/** Who a cover was for: Umbrella says so in the event behind it; without one it was paid for directly. */
export type CoverSource = "offset" | "stake" | "direct";

/** No write-off has this id. */
export class UnknownWriteOffError extends ShortfallError {
  readonly code = "SF_AAVE_UNKNOWN_WRITE_OFF";

  constructor(readonly writeOff: string) {
    super(`There is no write-off "${writeOff}". Take ids from writeOffs().`);
  }
}

/** A reserve right after the operation that left a deficit in it, still counting the debt as an asset. */
export interface FoundReserve {
  readonly cash: bigint;
  readonly loans: bigint;
  /** What assets exceed claims by; signed. */
  readonly reserves: bigint;
  readonly suppliers: bigint;
  readonly supplyScaled: bigint;
  /** Of the book of scaled aToken balances. */
  readonly epoch: number;
}

/** aToken holders, the one share class of a reserve. */
export const SUPPLIERS_CLASS = "suppliers";

interface DeficitEntry {
  readonly kind: "deficit";
  readonly id: string;
  readonly position: Position;
  readonly reserve: Reserve;
  readonly account: string;
  readonly amountAssets: bigint;
  /** What the chain logged. */
  readonly reportedAssets: bigint;
  readonly found: FoundReserve;
  carriedAssets: bigint;
  /** What was paid of it since, in order. */
  readonly payments: Payment[];
}

interface Payment {
  readonly source: CoverSource;
  readonly account: string;
  readonly amountAssets: bigint;
}

interface SlashEntry {
  readonly kind: "slash";
  readonly id: string;
  readonly position: Position;
  readonly stake: StakeToken;
  readonly reserve: Reserve;
  readonly slash: Slash;
  /** The holders' shares as they were when it was taken. */
  readonly epoch: number;
}

/** Remembers every write-off and slash, and who paid for what since. */
export class LossBook {
  readonly #market: Market;
  readonly #register: DeficitRegister;
  readonly #entries = new Map<string, DeficitEntry | SlashEntry>();

  constructor(market: Market, register: DeficitRegister) {
    this.#market = market;
    this.#register = register;
  }

  /** Books a deficit as carried in full. */
  recognise(
    created: DeficitCreated,
    reportedAssets: bigint,
    position: Position,
    found: FoundReserve,
  ): string {
    const account = this.#market.address(created.account);
    const id = lossId(position, account);
    const asset = created.reserve.symbol;
    this.#register.recognise({
      id,
      pool: asset,
      asset,
      borrower: account,
      recognised: created.amountAssets,
      recognisedAt: position,
      layers: [{ ...LAYERS.carried, taken: created.amountAssets }],
      epoch: found.epoch,
    });
    this.#entries.set(id, {
      kind: "deficit",
      id,
      position,
      reserve: created.reserve,
      account,
      amountAssets: created.amountAssets,
      reportedAssets,
      found,
      carriedAssets: created.amountAssets,
      payments: [],
    });
    return id;
  }

  /** Spreads a cover over the open deficits of a reserve, the oldest first. */
  cover(covered: DeficitCovered, source: CoverSource): void {
    const { reserve } = covered;
    const account = this.#market.address(covered.account);
    let left = covered.amountAssets;
    for (const entry of this.#entries.values()) {
      if (left === 0n) return;
      if (entry.kind !== "deficit" || entry.reserve !== reserve || entry.carriedAssets === 0n) continue;
      const part = min(left, entry.carriedAssets);
      entry.carriedAssets -= part;
      entry.payments.push({ source, account, amountAssets: part });
      this.#register.recover(entry.id, [part], 0n, 0n);
      left -= part;
    }
  }

  /** Books a slash: the stakers bear it from this moment, in proportion to their shares. */
  slash(slash: Slash, epoch: number, position: Position): void {
    const { stake } = slash;
    const id = lossId(position, stake.address);
    this.#entries.set(id, {
      kind: "slash",
      id,
      position,
      stake,
      reserve: slash.reserve,
      slash,
      epoch,
    });
  }

  writeOffs(): WriteOff[] {
    return [...this.#entries.values()].map((entry) =>
      entry.kind === "deficit" ? deficitWriteOff(entry) : slashWriteOff(entry),
    );
  }

  /**
   * Who bore a loss. What is carried has cost nobody yet; what was covered from the offset or directly has cost
   * the account that burned aTokens for it; what stakers paid for stands with their slash, which has cost each
   * of them his part of the vault.
   *
   * @throws {UnknownWriteOffError}
   */
  haircuts(id: string): HaircutTable[] {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new UnknownWriteOffError(id);
    if (entry.kind === "slash") return [this.#stakerTable(entry)];
    return (["offset", "direct"] as const).flatMap((source) => payerTables(entry, source));
  }

  /**
   * A reserve as its deficit was found, aToken holders by scaled balance. Undefined for a slash: it pays for
   * deficits and is none.
   *
   * @throws {UnknownWriteOffError}
   */
  momentOf(id: string): LossMoment | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new UnknownWriteOffError(id);
    if (entry.kind === "slash") return undefined;
    const { reserve, found } = entry;
    const rows = [...reserve.supplies.holders(found.epoch)].map(([account, shares]) => ({
      account: this.#market.address(account),
      shares,
    }));
    const weights = rows.map(({ shares }) => shares);
    return {
      pool: reserve.symbol,
      asset: reserve.symbol,
      cash: found.cash,
      loans: found.loans,
      reserves: found.reserves,
      classes: [
        {
          id: SUPPLIERS_CLASS,
          assets: found.suppliers,
          shares: found.supplyScaled,
          rows,
          split: (loss) =>
            rows.length === 0 ? { parts: [], dust: loss } : allocateLargestRemainder(loss, weights),
        },
      ],
    };
  }

  #stakerTable(entry: SlashEntry): HaircutTable {
    const holders = [...entry.stake.shares.holders(entry.epoch)];
    const absorbed = entry.slash.takenAssets;
    const weights = holders.map(([, shares]) => shares);
    const { parts, dust } =
      holders.length === 0 ? { parts: [], dust: absorbed } : allocateLargestRemainder(absorbed, weights);
    return {
      writeOff: entry.id,
      pool: entry.reserve.symbol,
      bearer: entry.stake.symbol,
      asset: entry.stake.underlying,
      absorbed,
      basis: "realised",
      rows: holders.map(([account, shares], index) => ({
        account: this.#market.address(account),
        shares,
        loss: parts[index] ?? 0n,
      })),
      dust,
      dustOwner: entry.stake.symbol,
    };
  }
}

/** Payers of one source; without payments there is no table. */
function payerTables(entry: DeficitEntry, source: "offset" | "direct"): HaircutTable[] {
  const losses = new Map<string, bigint>();
  let absorbed = 0n;
  for (const payment of entry.payments) {
    if (payment.source !== source) continue;
    losses.set(payment.account, (losses.get(payment.account) ?? 0n) + payment.amountAssets);
    absorbed += payment.amountAssets;
  }
  if (absorbed === 0n) return [];
  return [
    {
      writeOff: entry.id,
      pool: entry.reserve.symbol,
      bearer: LAYERS[source].layer,
      asset: entry.reserve.symbol,
      absorbed,
      basis: "realised",
      rows: [...losses].map(([account, loss]) => ({ account, shares: 0n, loss })),
      dust: 0n,
      dustOwner: entry.reserve.symbol,
    },
  ];
}

function deficitWriteOff(entry: DeficitEntry): WriteOff {
  const paid = (source: CoverSource): bigint =>
    entry.payments.reduce(
      (sum, payment) => (payment.source === source ? sum + payment.amountAssets : sum),
      0n,
    );
  const layers = [
    { ...LAYERS.offset, amount: paid("offset") },
    { ...LAYERS.stake, amount: paid("stake") },
    { ...LAYERS.direct, amount: paid("direct") },
    { ...LAYERS.carried, amount: entry.carriedAssets },
  ].filter((layer) => layer.amount !== 0n);
  return {
    id: entry.id,
    position: entry.position,
    pool: entry.reserve.symbol,
    asset: entry.reserve.symbol,
    account: entry.account,
    reported: entry.reportedAssets,
    recomputed: entry.amountAssets,
    source: "DeficitCreated.amountCreated",
    layers,
    uncovered: 0n,
  };
}

function slashWriteOff(entry: SlashEntry): WriteOff {
  return {
    id: entry.id,
    position: entry.position,
    pool: entry.stake.symbol,
    asset: entry.stake.underlying,
    account: entry.stake.address,
    reported: entry.slash.takenAssets,
    recomputed: entry.slash.recomputedAssets,
    source: "Slashed.amount",
    layers: [{ ...LAYERS.stake, amount: entry.slash.recomputedAssets }],
    uncovered: 0n,
  };
}

/** Transaction, log and account. */
function lossId(position: Position, account: string): string {
  const transaction = position.transaction ?? `block-${position.block}`;
  return `${transaction}:${position.logIndex ?? 0}:${account}`;
}
