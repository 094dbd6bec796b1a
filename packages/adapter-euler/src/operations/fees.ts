import { CONFIG_SCALE, MAX_PROTOCOL_FEE_SHARE, ZERO_ADDRESS } from "../constants.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { increaseBalance } from "./balances.js";

/**
 * Gives accumulated fee shares to the governor's receiver, rounded down, and the rest to the protocol's
 * (`convertFees`). Without a governor's receiver the protocol gets all. The Deposit logs carry no assets: interest
 * has already paid for the shares.
 */
export function convertFees(step: Step, vault: Vault, from: string): void {
  step.open(vault);
  const fees = vault.accumulatedFees;
  if (fees === 0n) return;
  const { protocolFeeShare, protocolFeeReceiver } = step.state.parameters;
  const governorReceiver = vault.settings.feeReceiver;
  const protocolPart =
    governorReceiver === ZERO_ADDRESS
      ? CONFIG_SCALE
      : protocolFeeShare > MAX_PROTOCOL_FEE_SHARE
        ? MAX_PROTOCOL_FEE_SHARE
        : protocolFeeShare;
  const governorShares = (fees * (CONFIG_SCALE - protocolPart)) / CONFIG_SCALE;
  const protocolShares = fees - governorShares;
  step.deed("convert-fees", vault, from, () => {
    vault.totalShares -= fees;
    vault.accumulatedFees = 0n;
    if (governorShares > 0n) increaseBalance(step, vault, governorReceiver, ZERO_ADDRESS, governorShares, 0n);
    if (protocolShares > 0n) {
      increaseBalance(step, vault, protocolFeeReceiver, ZERO_ADDRESS, protocolShares, 0n);
    }
    step.emit(vault.address, "ConvertFees", {
      sender: from,
      protocolReceiver: protocolFeeReceiver,
      governorReceiver,
      protocolShares,
      governorShares,
    });
  });
}
