import { fromHex, keccak, toHex } from "@shortfall/core";

/**
 * Address of a vault's debt token: the first contract the vault creates (`calculateDTokenAddress`). It only
 * mirrors debt in Transfer logs, net of interest.
 */
export function debtTokenOf(vault: string): string {
  // RLP of the pair (creator, nonce 1).
  const hash = toHex(keccak(fromHex(`0xd694${vault.slice(2)}01`)));
  return `0x${hash.slice(26)}`;
}
