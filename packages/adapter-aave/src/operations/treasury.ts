import { normalizedIncomeRay } from "../accrual.js";
import type { Reserve } from "../reserve.js";
import { mintScaled } from "../scaled-token.js";
import type { Step } from "../step.js";

/** Mints what accrued to the treasury (PoolLogic.executeMintToTreasury). Nothing where nothing accrued. */
export function mintToTreasury(step: Step, reserve: Reserve): void {
  const { market, profile } = step;
  const scaled = reserve.treasuryScaled;
  if (!reserve.parameters.active || scaled === 0n) return;
  // The aToken of an issued asset cannot be minted.
  if (market.isIssued(reserve)) step.refuse("OperationNotSupported");
  const index = normalizedIncomeRay(reserve, step.now);
  const assets = profile.scaling.claim(scaled, index);
  reserve.treasuryScaled = 0n;
  const { pool, treasury } = market.addresses;
  const amount = {
    assets,
    scaled: profile.scaling.kind === "half-up" ? profile.scaling.supply(assets, index) : scaled,
  };
  mintScaled(step, reserve, "supply", pool, market.account(treasury), amount, index);
  step.emit(pool, "MintedToTreasury", {
    reserve: reserve.identity.underlying,
    amountMinted: assets,
  });
}
