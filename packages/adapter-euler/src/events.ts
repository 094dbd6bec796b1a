import { type ChainLog, type EventCodec, eventTable } from "@shortfall/core";

/** Events of a vault (EVault), its share token included. */
export const VAULT_EVENTS = eventTable([
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Approval(address indexed owner, address indexed spender, uint256 value)",
  "Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares)",
  "Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares)",
  "Borrow(address indexed account, uint256 assets)",
  "Repay(address indexed account, uint256 assets)",
  "InterestAccrued(address indexed account, uint256 assets)",
  "Liquidate(address indexed liquidator, address indexed violator, address collateral, uint256 repayAssets, uint256 yieldBalance)",
  "PullDebt(address indexed from, address indexed to, uint256 assets)",
  "DebtSocialized(address indexed account, uint256 assets)",
  "ConvertFees(address indexed sender, address indexed protocolReceiver, address indexed governorReceiver, uint256 protocolShares, uint256 governorShares)",
  "VaultStatus(uint256 totalShares, uint256 totalBorrows, uint256 accumulatedFees, uint256 cash, uint256 interestAccumulator, uint256 interestRate, uint256 timestamp)",
  "BalanceForwarderStatus(address indexed account, bool status)",
  "GovSetGovernorAdmin(address indexed newGovernorAdmin)",
  "GovSetFeeReceiver(address indexed newFeeReceiver)",
  "GovSetLTV(address indexed collateral, uint16 borrowLTV, uint16 liquidationLTV, uint16 initialLiquidationLTV, uint48 targetTimestamp, uint32 rampDuration)",
  "GovSetMaxLiquidationDiscount(uint16 newDiscount)",
  "GovSetLiquidationCoolOffTime(uint16 newCoolOffTime)",
  "GovSetInterestRateModel(address newInterestRateModel)",
  "GovSetHookConfig(address indexed newHookTarget, uint32 newHookedOps)",
  "GovSetConfigFlags(uint32 newConfigFlags)",
  "GovSetCaps(uint16 newSupplyCap, uint16 newBorrowCap)",
  "GovSetInterestFee(uint16 newFee)",
]);

/** Events of an underlying token that the vaults' books turn on. */
export const TOKEN_EVENTS = eventTable([
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Approval(address indexed owner, address indexed spender, uint256 value)",
]);

/** Events of a vault's debt token. */
export const DEBT_TOKEN_EVENTS = eventTable([
  "Transfer(address indexed from, address indexed to, uint256 value)",
]);

/** Events of the connector (EVC). */
export const CONNECTOR_EVENTS = eventTable([
  "OwnerRegistered(bytes19 indexed addressPrefix, address indexed owner)",
  "LockdownModeStatus(bytes19 indexed addressPrefix, bool enabled)",
  "PermitDisabledModeStatus(bytes19 indexed addressPrefix, bool enabled)",
  "NonceStatus(bytes19 indexed addressPrefix, uint256 indexed nonceNamespace, uint256 oldNonce, uint256 newNonce)",
  "NonceUsed(bytes19 indexed addressPrefix, uint256 indexed nonceNamespace, uint256 nonce)",
  "OperatorStatus(bytes19 indexed addressPrefix, address indexed operator, uint256 accountOperatorAuthorized)",
  "CollateralStatus(address indexed account, address indexed collateral, bool enabled)",
  "ControllerStatus(address indexed account, address indexed controller, bool enabled)",
  "CallWithContext(address indexed caller, bytes19 indexed onBehalfOfAddressPrefix, address onBehalfOfAccount, address indexed targetContract, bytes4 selector)",
  "AccountStatusCheck(address indexed account, address indexed controller)",
  "VaultStatusCheck(address indexed vault)",
]);

const ALL: readonly ReadonlyMap<string, EventCodec>[] = [
  VAULT_EVENTS,
  TOKEN_EVENTS,
  DEBT_TOKEN_EVENTS,
  CONNECTOR_EVENTS,
];

/** Of all the family's contracts. */
export const EVENT_DECLARATIONS: readonly string[] = ALL.flatMap((table) =>
  [...table.values()].map((codec) => codec.declaration),
);

/** Name of the event of a log, whichever of the family's contracts emitted it. */
export function eulerEventName(log: ChainLog): string | undefined {
  const topic0 = log.topics[0];
  if (topic0 === undefined) return undefined;
  for (const table of ALL) {
    const codec = table.get(topic0);
    if (codec) return codec.name;
  }
  return undefined;
}
