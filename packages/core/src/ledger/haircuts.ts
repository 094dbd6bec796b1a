import type { AccountTable } from "../accounts.js";
import { Column } from "../column.js";
import type { HaircutRow, HaircutTable } from "../haircut.js";
import type { LossEffect } from "../ports/policy.js";
import { haircutFloor, haircutLargestRemainder } from "./haircut-kernel.js";
import type { Pool, Snapshot, WriteOffDetail } from "./pool.js";

/** The loss that all holders of a class or fund bear alike, by account id. Σ losses + dust = absorbed. */
export interface HaircutColumns {
  readonly bearer: string;
  readonly absorbed: bigint;
  /** One past the last account id that may hold shares. */
  readonly rows: number;
  /** As of the loss. */
  readonly shares: Column;
  readonly losses: Column;
  readonly dust: bigint;
}

/** What one class or fund lost in one epoch, before it is split among holders. */
interface Burden {
  readonly bearer: string;
  readonly basis: "realised" | "implied";
  readonly snapshot: Snapshot | undefined;
  readonly virtualShares: bigint;
  readonly asset: string;
  /** Borne by all holders alike. */
  shared: bigint;
  /** Borne by named accounts: shares and loss. */
  readonly named: Map<string, { shares: bigint; loss: bigint }>;
}

/**
 * Who bore a write-off, to the unit: one table a class, fund with holders, or charged group.
 *
 * Every holder is read as of the epoch of the loss. Σ losses + dust = absorbed exactly; the dust is what
 * rounding down leaves, and the part of virtual shares. Rows are in order of account id. O(holders).
 */
export function haircutTables(pool: Pool, detail: WriteOffDetail, accounts: AccountTable): HaircutTable[] {
  return burdensOf(pool, detail).map((burden) => table(pool, detail, accounts, burden));
}

/** The same in columns and without names, for millions of holders. Shares of single holders are not in it. */
export function haircutColumns(pool: Pool, detail: WriteOffDetail): HaircutColumns[] {
  return burdensOf(pool, detail)
    .filter((burden) => burden.shared > 0n)
    .map((burden) => columns(pool, burden));
}

function burdensOf(pool: Pool, detail: WriteOffDetail): Burden[] {
  const burdens = new Map<string, Burden>();
  for (const layer of detail.layers) {
    for (const effect of layer.effects) weigh(pool, burdens, layer.epoch, effect);
  }
  return [...burdens.values()];
}

function weigh(pool: Pool, burdens: Map<string, Burden>, epoch: number, effect: LossEffect): void {
  const burden = (bearer: string, make: () => Omit<Burden, "bearer" | "shared" | "named">): Burden => {
    const key = `${epoch}/${bearer}/${effect.kind === "mark"}`;
    const known = burdens.get(key);
    if (known) return known;
    const made: Burden = { bearer, ...make(), shared: 0n, named: new Map() };
    burdens.set(key, made);
    return made;
  };
  const ofClass = (id: string) =>
    burden(id, () => {
      const index = pool.classIndex(id);
      return {
        basis: effect.kind === "mark" ? "implied" : "realised",
        snapshot: pool.epoch(epoch).classes[index]!,
        virtualShares: pool.definition.classes[index]!.shareRule.virtual.shares,
        asset: pool.definition.asset,
      };
    });
  const ofFund = (id: string, units: bigint) => {
    const index = pool.fundIndex(id);
    const fund = pool.definition.funds[index]!;
    if (!fund.shareRule) return;
    const { virtual } = fund.shareRule;
    burden(id, () => ({
      basis: "realised",
      snapshot: pool.epoch(epoch).funds[index]!,
      virtualShares: virtual.shares,
      asset: fund.asset,
    })).shared += units;
  };
  const name = (to: Burden, account: string, shares: bigint, loss: bigint) => {
    const row = to.named.get(account) ?? { shares: 0n, loss: 0n };
    to.named.set(account, { shares: row.shares + shares, loss: row.loss + loss });
  };
  switch (effect.kind) {
    case "write-down":
    case "mark":
      ofClass(effect.class).shared += effect.assets;
      return;
    case "burn-shares":
      name(ofClass(effect.class), effect.account, effect.shares, effect.assets);
      return;
    case "draw-fund":
      ofFund(effect.fund, effect.assets);
      return;
    case "slash-stake":
      ofFund(effect.fund, effect.units);
      return;
    case "charge":
      name(
        burden(effect.group, () => ({
          basis: "realised",
          snapshot: undefined,
          virtualShares: 0n,
          asset: pool.definition.asset,
        })),
        effect.account,
        0n,
        effect.assets,
      );
      return;
    default:
      return;
  }
}

function table(pool: Pool, detail: WriteOffDetail, accounts: AccountTable, burden: Burden): HaircutTable {
  const written = columns(pool, burden);
  const pending = new Map(burden.named);
  let named = 0n;
  for (const own of burden.named.values()) named += own.loss;
  const rows: HaircutRow[] = [];
  for (let id = 0; id < written.rows; id++) {
    const shares = written.shares.get(id);
    if (shares === 0n) continue;
    const account = accounts.keyOf(id);
    const own = pending.get(account);
    pending.delete(account);
    rows.push({ account, shares, loss: written.losses.get(id) + (own?.loss ?? 0n) });
  }
  for (const [account, own] of pending) rows.push({ account, shares: own.shares, loss: own.loss });
  return {
    writeOff: detail.deficit,
    pool: pool.id,
    bearer: burden.bearer,
    asset: burden.asset,
    absorbed: burden.shared + named,
    basis: burden.basis,
    rows,
    dust: written.dust,
    dustOwner: pool.definition.dustOwner,
  };
}

/** Writes a burden out by account id. Virtual shares are one more row; their part is dust. */
function columns(pool: Pool, burden: Burden): HaircutColumns {
  const { snapshot, virtualShares, shared, bearer } = burden;
  const rows = snapshot?.book.rows ?? 0;
  const shares = snapshot?.book.columnAt(snapshot.epoch) ?? new Column();
  if (virtualShares > 0n) shares.set(rows, virtualShares);
  const kernel = pool.definition.haircutRounding === "floor" ? haircutFloor : haircutLargestRemainder;
  const total = (snapshot?.state.shares ?? 0n) + virtualShares;
  const { losses, dust } = kernel(shares, virtualShares > 0n ? rows + 1 : rows, shared, total);
  return { bearer, absorbed: shared, rows, shares, losses, dust: dust + losses.get(rows) };
}
