import { divUp, OutOfRangeError, requireUint128, WAD } from "@shortfall/math";
import { assetsDown, assetsUp, sharesDown, sharesUp } from "../vault/share-price.js";
import { MAX_FORCE_DEALLOCATE_PENALTY, type VaultV2State } from "./accrual.js";

/** Assets and shares that change hands, and the vault afterwards. */
export interface ShareFlow {
  readonly state: VaultV2State;
  readonly assets: bigint;
  readonly shares: bigint;
}

/** Either side is given; the other follows from the share price. Accrue first. */
export type FlowAmount = { readonly assets: bigint } | { readonly shares: bigint };

/** deposit (shares down) and mint (assets up). The total grows by exactly the assets. */
export function enterVaultV2(state: VaultV2State, amount: FlowAmount): ShareFlow {
  const assets = "assets" in amount ? amount.assets : assetsUp(amount.shares, state);
  const shares = "assets" in amount ? sharesDown(amount.assets, state) : amount.shares;
  return flow(state, assets, shares);
}

/** withdraw (shares up) and redeem (assets down). @throws {OutOfRangeError} more than there is. */
export function exitVaultV2(state: VaultV2State, amount: FlowAmount): ShareFlow {
  const assets = "assets" in amount ? amount.assets : assetsDown(amount.shares, state);
  const shares = "assets" in amount ? sharesUp(amount.assets, state) : amount.shares;
  const { state: next } = flow(state, -assets, -shares);
  return { state: next, assets, shares };
}

/**
 * forceDeallocate: anyone may have assets pulled out of a market and pays for it in shares, while the assets
 * stay in the vault. The penalty rounds up, and so do the shares burned for it: for the other holders.
 *
 * @throws {OutOfRangeError} a penalty above 2 %, or more shares than there are.
 */
export function forceDeallocateV2(state: VaultV2State, assets: bigint, penaltyWad: bigint): ShareFlow {
  if (penaltyWad > MAX_FORCE_DEALLOCATE_PENALTY) {
    throw new OutOfRangeError("The penalty", penaltyWad, `wad up to ${MAX_FORCE_DEALLOCATE_PENALTY}`);
  }
  // Withdrawn to the vault itself: the total falls by the penalty and the tokens are a gain of all who stay.
  return exitVaultV2(state, { assets: divUp(assets * penaltyWad, WAD) });
}

function flow(state: VaultV2State, assets: bigint, shares: bigint): ShareFlow {
  const totalAssets = requireUint128(state.totalAssets + assets, "Total assets of the vault");
  const totalSupply = state.totalSupply + shares;
  if (totalSupply < 0n) throw new OutOfRangeError("Supply of vault shares", totalSupply, "uint256");
  return { state: { ...state, totalAssets, totalSupply }, assets, shares };
}
