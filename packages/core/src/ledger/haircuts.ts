import { allocateFloor, allocateLargestRemainder } from "@shortfall/math";
import type { AccountTable } from "../accounts.js";
import type { HaircutRow, HaircutTable } from "../haircut.js";
import type { LossEffect } from "../ports/policy.js";
import type { Pool, Snapshot, WriteOffDetail } from "./pool.js";

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
  const burdens = new Map<string, Burden>();
  for (const layer of detail.layers) {
    for (const effect of layer.effects) weigh(pool, burdens, layer.epoch, effect);
  }
  return [...burdens.values()].map((burden) => table(pool, detail, accounts, burden));
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
  const { snapshot } = burden;
  const holders = snapshot ? [...snapshot.book.holders(snapshot.epoch)] : [];
  const split = splitLoss(
    burden.shared,
    holders.map(([, shares]) => shares),
    burden.virtualShares,
    pool.definition.haircutRounding,
  );
  let named = 0n;
  const rows: HaircutRow[] = [];
  const pending = new Map(burden.named);
  holders.forEach(([id, shares], at) => {
    const account = accounts.keyOf(id);
    const own = pending.get(account);
    pending.delete(account);
    rows.push({ account, shares, loss: split.parts[at]! + (own?.loss ?? 0n) });
  });
  for (const [account, own] of pending) rows.push({ account, shares: own.shares, loss: own.loss });
  for (const own of burden.named.values()) named += own.loss;
  return {
    writeOff: detail.deficit,
    pool: pool.id,
    bearer: burden.bearer,
    asset: burden.asset,
    absorbed: burden.shared + named,
    basis: burden.basis,
    rows,
    dust: split.dust,
    dustOwner: pool.definition.dustOwner,
  };
}

/**
 * `loss` over holders by shares; virtual shares take part and their portion is dust, as is everything where
 * nobody holds a share.
 */
export function splitLoss(
  loss: bigint,
  shares: readonly bigint[],
  virtualShares: bigint,
  rounding: "largest-remainder" | "floor",
): { readonly parts: readonly bigint[]; readonly dust: bigint } {
  if (loss === 0n) return { parts: shares.map(() => 0n), dust: 0n };
  if (shares.length === 0) return { parts: [], dust: loss };
  const weights = virtualShares > 0n ? [...shares, virtualShares] : shares;
  const { parts, dust } =
    rounding === "floor" ? allocateFloor(loss, weights) : allocateLargestRemainder(loss, weights);
  if (virtualShares === 0n) return { parts, dust };
  const toVirtual = parts.pop() ?? 0n;
  return { parts, dust: dust + toVirtual };
}
