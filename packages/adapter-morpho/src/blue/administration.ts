import { WAD } from "@shortfall/math";
import { accrueInterest } from "./accrual.js";
import { MAX_FEE } from "./constants.js";
import { requireCreated } from "./lending.js";
import { type Market, type MarketParameters, marketId } from "./market.js";
import { adaptiveRate } from "./rate-model.js";
import { closeStep, emit, moveTokens, openStep, type Run, recordDonation, requireThat } from "./step.js";

function requireOwner(run: Run, caller: string | undefined): void {
  if (run.checked) requireThat(caller === run.state.owner, "not owner");
}

/** Morpho.setFee: what has accrued until now pays the old fee. */
export function setFee(run: Run, market: Market, fee: bigint, caller?: string): void {
  requireOwner(run, caller);
  requireCreated(market);
  requireThat(fee !== market.fee, "already set");
  requireThat(fee <= MAX_FEE, "max fee exceeded");
  accrueInterest(run, market);
  const step = openStep(run, "set-fee", market.id, market);
  market.fee = fee;
  emit(step, run.state.deployment.morpho, "SetFee", { id: market.id, newFee: fee });
  closeStep(step);
}

/** Morpho.setFeeRecipient: accrues no market, so that pending interest pays the new recipient. */
export function setFeeRecipient(run: Run, recipient: string, caller?: string): void {
  requireOwner(run, caller);
  requireThat(recipient !== run.state.feeRecipient, "already set");
  const step = openStep(run, "set-fee-recipient", run.state.deployment.morpho);
  run.state.feeRecipient = recipient;
  emit(step, run.state.deployment.morpho, "SetFeeRecipient", { newFeeRecipient: recipient });
}

/** Morpho.setOwner. */
export function setOwner(run: Run, owner: string, caller?: string): void {
  requireOwner(run, caller);
  if (run.checked) requireThat(owner !== run.state.owner, "already set");
  const step = openStep(run, "set-owner", run.state.deployment.morpho);
  run.state.owner = owner;
  emit(step, run.state.deployment.morpho, "SetOwner", { newOwner: owner });
}

/** Morpho.setAuthorization, or the same by signature, in which case `caller` is not the authoriser. */
export function setAuthorization(
  run: Run,
  input: {
    readonly caller: string;
    readonly authorizer: string;
    readonly authorized: string;
    readonly newIsAuthorized: boolean;
  },
): void {
  const { authorizer, authorized, newIsAuthorized } = input;
  if (run.checked) {
    requireThat(newIsAuthorized !== run.state.isAuthorised(authorizer, authorized), "already set");
  }
  const step = openStep(run, "set-authorization", run.state.deployment.morpho, undefined, authorizer);
  run.state.setAuthorised(authorizer, authorized, newIsAuthorized);
  emit(step, run.state.deployment.morpho, "SetAuthorization", { ...input });
}

/** Morpho.createMarket. The adaptive curve is asked at once and starts at its initial rate. */
export function createMarket(run: Run, parameters: MarketParameters): void {
  const { state } = run;
  if (run.checked) {
    requireThat(state.isEnabled(parameters.irm), "IRM not enabled");
    requireThat(state.isEnabled(parameters.lltv), "LLTV not enabled");
  }
  const market = state.addMarket(marketId(parameters), parameters);
  requireThat(market.lastUpdate === 0n, "market already created");
  const step = openStep(run, "create-market", market.id, market);
  market.lastUpdate = run.time;
  emit(step, state.deployment.morpho, "CreateMarket", { id: market.id, marketParams: { ...parameters } });
  if (market.rateModel === "adaptive") {
    const { rate, rateAtTarget } = adaptiveRate({
      totalSupplyAssets: 0n,
      totalBorrowAssets: 0n,
      rateAtTarget: 0n,
      elapsed: 0n,
    });
    market.rateAtTarget = rateAtTarget;
    emit(step, parameters.irm, "BorrowRateUpdate", { id: market.id, avgBorrowRate: rate, rateAtTarget });
  }
  closeStep(step);
}

/** Morpho.enableIrm. */
export function enableIrm(run: Run, irm: string, caller?: string): void {
  requireOwner(run, caller);
  if (run.checked) requireThat(!run.state.isEnabled(irm), "already set");
  const step = openStep(run, "enable-irm", run.state.deployment.morpho);
  run.state.enable(irm);
  emit(step, run.state.deployment.morpho, "EnableIrm", { irm });
}

/** Morpho.enableLltv. */
export function enableLltv(run: Run, lltv: bigint, caller?: string): void {
  requireOwner(run, caller);
  if (run.checked) requireThat(!run.state.isEnabled(lltv), "already set");
  requireThat(lltv < WAD, "max LLTV exceeded");
  const step = openStep(run, "enable-lltv", run.state.deployment.morpho);
  run.state.enable(lltv);
  emit(step, run.state.deployment.morpho, "EnableLltv", { lltv });
}

/** Morpho.flashLoan: tokens go out and come back. */
export function flashLoan(run: Run, caller: string, token: string, assets: bigint): void {
  const { morpho } = run.state.deployment;
  requireThat(assets !== 0n, "zero assets");
  const step = openStep(run, "flash-loan", morpho, undefined, caller);
  emit(step, morpho, "FlashLoan", { caller, token, assets });
  moveTokens(run, step, token, morpho, caller, assets);
  moveTokens(run, step, token, caller, morpho, assets);
}

/** Tokens sent to Morpho without an operation: in its balance, in no market. */
export function donate(run: Run, token: string, from: string, amount: bigint): void {
  const { morpho } = run.state.deployment;
  const step = openStep(run, "donate", morpho, undefined, from);
  moveTokens(run, step, token, from, morpho, amount);
  recordDonation(run, step, token, amount);
}
