import type { Bytes } from "@shortfall/core";
import { compareBytes, concatBytes, fromHex, keccak, word } from "@shortfall/core";
import { onlyAmount } from "./claim.js";
import { ClaimError } from "./errors.js";
import type { ClaimFamily } from "./tree.js";

const addressWord = (address: string): Bytes => word(BigInt(address));

const byHash = (leaves: readonly Bytes[]): number[] =>
  leaves.map((_, index) => index).sort((a, b) => compareBytes(leaves[a]!, leaves[b]!) || a - b);

/**
 * OpenZeppelin merkle-tree `standard-v1` with the leaf encoding (address, uint256): leaves hashed twice, so
 * that no inner node can pass for one.
 */
export const ozStandardV1: ClaimFamily = {
  id: "oz-standard-v1",
  title: "OpenZeppelin standard-v1, (address, uint256), leaves hashed twice",
  leaf: (claim) => keccak(keccak(concatBytes(addressWord(claim.account), word(onlyAmount(claim))))),
  order: byHash,
  shape: "heap",
  repeats: false,
};

/** keccak256(abi.encodePacked(address, uint256)), one hash, leaves sorted: the Fuse redemption of 2022. */
export const packed: ClaimFamily = {
  id: "packed",
  title: "packed (address, uint256), single hash, odd node promoted",
  leaf: (claim) => keccak(concatBytes(fromHex(claim.account), word(onlyAmount(claim)))),
  order: byHash,
  shape: "promote",
  repeats: false,
};

/**
 * keccak256(abi.encode(uint256 index, address account, (address token, uint256 amount)[])), one hash. The
 * encodings are sorted, not their hashes; their first word is the index, so that is the order of the list.
 */
export const indexedMulti: ClaimFamily = {
  id: "indexed-multi",
  title: "index, account and token amounts, single hash, in order of index",
  leaf: (claim, index) =>
    keccak(
      concatBytes(
        word(BigInt(index)),
        addressWord(claim.account),
        word(96n),
        word(BigInt(claim.amounts.length)),
        ...claim.amounts.flatMap(({ token, amount }) => [addressWord(token), word(amount)]),
      ),
    ),
  order: (leaves) => leaves.map((_, index) => index),
  shape: "promote",
  repeats: true,
};

export const CLAIM_FAMILIES: readonly ClaimFamily[] = [ozStandardV1, packed, indexedMulti];

/** @throws {ClaimError} no family has that id. */
export function claimFamily(id: string): ClaimFamily {
  const family = CLAIM_FAMILIES.find((each) => each.id === id);
  if (!family) throw new ClaimError("family", CLAIM_FAMILIES.map((each) => each.id).join(", "), id);
  return family;
}
