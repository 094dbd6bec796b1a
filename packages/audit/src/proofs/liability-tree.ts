import {
  type Bytes,
  concatBytes,
  fromHex,
  keccak,
  type LiabilityTable,
  merkleSumTree,
  type SumLeaf,
  type SumTree,
  toHex,
} from "@shortfall/core";
import { MAX_UINT128 } from "@shortfall/math";

/** A liability table of one history of a report. */
export interface HistoryLiabilities extends LiabilityTable {
  readonly history: string;
}

/**
 * Sum tree over a table, and its leaves in the table's order. Undefined for a table without holders, and where a
 * balance has more than the 128 bits that a leaf may have.
 */
export function liabilityTree(
  table: LiabilityTable,
): { readonly tree: SumTree; readonly leaves: readonly SumLeaf[] } | undefined {
  if (table.rows.length === 0 || table.rows.some(({ assets }) => assets > MAX_UINT128)) return undefined;
  const key = saltKey(table);
  const leaves = table.rows.map(({ account, assets }) => {
    const bytes = accountBytes(account);
    return { account: toHex(bytes), salt: toHex(keccak(concatBytes(key, bytes))), balance: assets };
  });
  return { tree: merkleSumTree(leaves), leaves };
}

/** An address is itself; any other name is the last 20 bytes of its keccak-256. */
export function accountBytes(account: string): Bytes {
  return /^0x[0-9a-fA-F]{40}$/.test(account)
    ? fromHex(account.toLowerCase())
    : keccak(new TextEncoder().encode(account)).slice(12);
}

/**
 * What all salts of a table are made from: keccak-256 of its rows. The same for the same input, and unknown to
 * whoever knows proofs and roots but not the whole table.
 */
function saltKey({ pool, class: name, asset, rows }: LiabilityTable): Bytes {
  const lines = rows.map(({ account, assets }) => `${account},${assets}`);
  return keccak(new TextEncoder().encode(["shortfall-salts/1", pool, name, asset, ...lines].join("\n")));
}
