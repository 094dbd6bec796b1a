import { BPS, min } from "@shortfall/math";
import { normalizedIncomeRay } from "../accrual.js";
import { divide, multiply } from "../arithmetic.js";
import { COVERAGE_MANAGER_ROLE } from "../constants.js";
import { Refusal } from "../refusal.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import type { Step } from "../step.js";
import { coverDeficit } from "./deficit.js";
import { maxSlashableAssets, moveStaked } from "./stake.js";
import { transferATokens } from "./transfer.js";

/** Deficit that stakers have not been slashed for and are liable for. */
export function slashableDeficit(reserve: Reserve): bigint {
  const spoken = reserve.offsetAssets + reserve.pendingAssets;
  return reserve.deficitAssets > spoken ? reserve.deficitAssets - spoken : 0n;
}

/** What a slash takes and what it stands for. */
export interface SlashOutcome {
  /** Staked tokens taken. */
  readonly takenAssets: bigint;
  /** Deficit covered, in the reserve's asset. */
  readonly coveredAssets: bigint;
  /** Fee part, in the reserve's asset. */
  readonly feeAssets: bigint;
}

/**
 * Computes a slash from prices (Umbrella.slash): the deficit plus the fee, in staked tokens, at most what the
 * vault gives. Everything rounds down.
 */
export function planSlash(step: Step, reserve: Reserve, stake: StakeToken): SlashOutcome {
  const deficit = slashableDeficit(reserve);
  const withFee = stake.feeBps === 0n ? deficit : multiply(deficit, BPS + stake.feeBps) / BPS;
  const wanted = divide(multiply(reserve.priceBase, withFee), stake.priceBase);
  if (wanted === 0n) step.refuse("ZeroAmountSlashing");
  const most = maxSlashableAssets(stake);
  if (most === 0n) step.refuse("ZeroFundsAvailable");
  const takenAssets = min(wanted, most);
  const feeAssets = withFee - deficit;
  if (takenAssets === wanted) return { takenAssets, coveredAssets: deficit, feeAssets };
  return {
    takenAssets,
    coveredAssets: multiply(deficit, takenAssets) / wanted,
    feeAssets: multiply(feeAssets, takenAssets) / wanted,
  };
}

/** Takes staked tokens for a deficit. The pool's own deficit stays until it is covered. */
export function slash(step: Step, reserve: Reserve, observed?: SlashOutcome): void {
  const { market } = step;
  const stake = market.stakeByReserve.get(reserve);
  const umbrella = market.umbrella;
  if (stake === undefined || umbrella === undefined) step.refuse("CannotSlash");
  if (slashableDeficit(reserve) === 0n) step.refuse("CannotSlash");
  const recomputed = recomputeSlash(step, reserve, stake, observed);
  const outcome = observed ?? recomputed;
  if (outcome.takenAssets > stake.totalAssets) step.refuse("ZeroFundsAvailable");
  stake.totalAssets -= outcome.takenAssets;
  moveStaked(step, stake, stake.address, umbrella.recipient, outcome.takenAssets);
  step.emit(stake.address, "Slashed", { destination: umbrella.recipient, amount: outcome.takenAssets });
  step.effects.slashes.push({
    stake,
    reserve,
    ...outcome,
    recomputedAssets: recomputed.takenAssets,
  });
  step.effects.touched.add(reserve);
  step.emit(umbrellaAddress(step), "StakeTokenSlashed", {
    reserve: reserve.identity.underlying,
    umbrellaStake: stake.address,
    amount: outcome.coveredAssets,
    fee: outcome.feeAssets,
  });
  setPending(step, reserve, reserve.pendingAssets + outcome.coveredAssets);
}

/** The slash that prices imply; an observed one that differs is doubted, and believed. */
function recomputeSlash(
  step: Step,
  reserve: Reserve,
  stake: StakeToken,
  observed: SlashOutcome | undefined,
): SlashOutcome {
  if (observed === undefined) return planSlash(step, reserve, stake);
  if (!reserve.priceKnown || !stake.priceKnown) return observed;
  let implied = "a refusal";
  try {
    const planned = planSlash(step, reserve, stake);
    implied = `${planned.takenAssets} taken for ${planned.coveredAssets} and a fee of ${planned.feeAssets}`;
    const { takenAssets, coveredAssets, feeAssets } = observed;
    if (
      planned.takenAssets === takenAssets &&
      planned.coveredAssets === coveredAssets &&
      planned.feeAssets === feeAssets
    ) {
      return planned;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  step.effects.doubts.push(
    `Prices imply ${implied}, but the logs show ${observed.takenAssets} taken for ${observed.coveredAssets} and a fee of ${observed.feeAssets}`,
  );
  return observed;
}

/** Which balance a cover reduces besides the deficit itself. */
export type CoverKind = "pending" | "offset" | "plain";

/** Covers a deficit through the Umbrella with the caller's aTokens. */
export function coverThroughUmbrella(
  step: Step,
  input: { kind: CoverKind; reserve: Reserve; caller: string; amountAssets: bigint },
): void {
  const { kind, reserve, caller } = input;
  const { market } = step;
  if (caller !== market.umbrella?.coverageManager) {
    step.refuse("AccessControlUnauthorizedAccount", market.spelled(caller), COVERAGE_MANAGER_ROLE);
  }
  const amount = min(input.amountAssets, coverLimit(step, kind, reserve));
  if (amount === 0n) step.refuse("ZeroDeficitToCover");
  const umbrella = umbrellaAddress(step);
  transferATokens(step, {
    reserve,
    sender: umbrella,
    from: caller,
    to: umbrella,
    amountAssets: amount,
  });
  const held = step.profile.scaling.claim(
    reserve.supplies.get(market.account(umbrella)),
    normalizedIncomeRay(reserve, step.now),
  );
  const covered = min(amount, held);
  coverDeficit(step, { reserve, caller: umbrella, amountAssets: covered });
  settleCover(step, kind, reserve, covered);
}

/** Books a cover: what was reduced, then that it was covered. */
export function settleCover(step: Step, kind: CoverKind, reserve: Reserve, covered: bigint): void {
  const asset = reserve.identity.underlying;
  const umbrella = umbrellaAddress(step);
  if (kind === "pending") {
    if (covered > reserve.pendingAssets) throw new Refusal("Panic(0x11)");
    setPending(step, reserve, reserve.pendingAssets - covered);
    step.emit(umbrella, "PendingDeficitCovered", { reserve: asset, amount: covered });
  } else if (kind === "offset") {
    if (covered > reserve.offsetAssets) throw new Refusal("Panic(0x11)");
    setOffset(step, reserve, reserve.offsetAssets - covered);
    step.emit(umbrella, "DeficitOffsetCovered", { reserve: asset, amount: covered });
  } else {
    step.emit(umbrella, "ReserveDeficitCovered", { reserve: asset, amount: covered });
  }
}

function coverLimit(step: Step, kind: CoverKind, reserve: Reserve): bigint {
  const { offsetAssets, pendingAssets, deficitAssets } = reserve;
  if (kind === "pending") return pendingAssets;
  if (kind === "offset") {
    return offsetAssets + pendingAssets > deficitAssets ? deficitAssets - pendingAssets : offsetAssets;
  }
  const configured = step.market.stakeByReserve.has(reserve);
  if (configured || offsetAssets !== 0n || pendingAssets !== 0n) step.refuse("ReserveIsConfigured");
  return deficitAssets;
}

/** Governance moves the deficit that stakers are not liable for. */
export function setDeficitOffset(step: Step, reserve: Reserve, offset: bigint): void {
  if (step.guard) {
    if (!step.market.stakeByReserve.has(reserve)) step.refuse("ReserveCoverageNotSetup");
    if (offset + reserve.pendingAssets < reserve.deficitAssets) step.refuse("TooMuchDeficitOffsetReduction");
  }
  setOffset(step, reserve, offset);
}

export function setPending(step: Step, reserve: Reserve, pending: bigint): void {
  reserve.pendingAssets = pending;
  step.emit(umbrellaAddress(step), "PendingDeficitChanged", {
    reserve: reserve.identity.underlying,
    newPendingDeficit: pending,
  });
}

function setOffset(step: Step, reserve: Reserve, offset: bigint): void {
  reserve.offsetAssets = offset;
  step.emit(umbrellaAddress(step), "DeficitOffsetChanged", {
    reserve: reserve.identity.underlying,
    newDeficitOffset: offset,
  });
}

const umbrellaAddress = (step: Step): string => step.market.addresses.umbrella ?? step.refuse("CannotSlash");
