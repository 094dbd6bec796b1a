import { fromHex, keccak } from "@shortfall/core";
import { type RpcFilter, tracesOf } from "./filter.js";

/**
 * Whether a block with this bloom filter may hold a log of the filter. No is a proof, yes is not: 2,048 bits fill up.
 * An empty or malformed bloom may hold anything.
 */
export function bloomMayHold(logsBloom: string | undefined, filter: RpcFilter): boolean {
  if (logsBloom?.length !== 2 + 512) return true;
  const bloom = fromHex(logsBloom);
  const some = (values: readonly string[]): boolean => values.some((value) => bloomHas(bloom, value));
  return tracesOf(filter).some((lists) => lists.every(some));
}

/** Three bits a value: the low 11 bits of the first three pairs of bytes of its keccak, counted from the end. */
function bloomHas(bloom: Uint8Array, value: string): boolean {
  const hash = keccak(fromHex(value));
  for (let pair = 0; pair < 6; pair += 2) {
    const bit = ((hash[pair]! << 8) | hash[pair + 1]!) & 2047;
    if ((bloom[255 - (bit >> 3)]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
