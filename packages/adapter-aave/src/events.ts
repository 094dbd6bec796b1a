import { type EventCodec, eventTable } from "@shortfall/core";

/** Events of the pool, its tokens and its configurator, of the Umbrella, and of what surrounds them. */
export const EVENT_DECLARATIONS: readonly string[] = [
  // Pool
  "Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)",
  "Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)",
  "Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)",
  "Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)",
  "LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)",
  "DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)",
  "DeficitCovered(address indexed reserve, address caller, uint256 amountCovered)",
  "ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)",
  "MintedToTreasury(address indexed reserve, uint256 amountMinted)",
  "FlashLoan(address indexed target, address initiator, address indexed asset, uint256 amount, uint8 interestRateMode, uint256 premium, uint16 indexed referralCode)",
  "ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user)",
  "ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user)",
  "UserEModeSet(address indexed user, uint8 categoryId)",
  // Tokens
  "Mint(address indexed caller, address indexed onBehalfOf, uint256 value, uint256 balanceIncrease, uint256 index)",
  "Burn(address indexed from, address indexed target, uint256 value, uint256 balanceIncrease, uint256 index)",
  "BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index)",
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Approval(address indexed owner, address indexed spender, uint256 value)",
  "BorrowAllowanceDelegated(address indexed fromUser, address indexed toUser, address indexed asset, uint256 amount)",
  "FacilitatorBucketLevelUpdated(address indexed facilitatorAddress, uint256 oldLevel, uint256 newLevel)",
  // Configurator and rate strategy
  "ReserveFactorChanged(address indexed asset, uint256 oldReserveFactor, uint256 newReserveFactor)",
  "LiquidationProtocolFeeChanged(address indexed asset, uint256 oldFee, uint256 newFee)",
  "CollateralConfigurationChanged(address indexed asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)",
  "RateDataUpdate(address indexed reserve, uint256 optimalUsageRatio, uint256 baseVariableBorrowRate, uint256 variableRateSlope1, uint256 variableRateSlope2)",
  "ReserveInterestRateDataChanged(address indexed asset, address indexed strategy, bytes data)",
  "ReserveActive(address indexed asset, bool active)",
  "ReserveBorrowing(address indexed asset, bool enabled)",
  "ReserveFlashLoaning(address indexed asset, bool enabled)",
  "ReserveFrozen(address indexed asset, bool frozen)",
  "ReservePaused(address indexed asset, bool paused)",
  "LiquidationGracePeriodChanged(address indexed asset, uint40 gracePeriodUntil)",
  "LiquidationGracePeriodDisabled(address indexed asset)",
  "PendingLtvChanged(address indexed asset, uint256 ltv)",
  "AssetLtvzeroInEModeChanged(address indexed asset, uint8 categoryId, bool ltvzero)",
  "AssetCollateralInEModeChanged(address indexed asset, uint8 categoryId, bool collateral)",
  "AssetBorrowableInEModeChanged(address indexed asset, uint8 categoryId, bool borrowable)",
  "EModeCategoryAdded(uint8 indexed categoryId, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, address oracle, string label)",
  "SupplyCapChanged(address indexed asset, uint256 oldSupplyCap, uint256 newSupplyCap)",
  "BorrowCapChanged(address indexed asset, uint256 oldBorrowCap, uint256 newBorrowCap)",
  "FlashloanPremiumTotalUpdated(uint128 oldFlashloanPremiumTotal, uint128 newFlashloanPremiumTotal)",
  "FlashloanPremiumToProtocolUpdated(uint128 oldFlashloanPremiumToProtocol, uint128 newFlashloanPremiumToProtocol)",
  // Test oracle, feed and flash receiver
  "AssetPriceUpdated(address asset, uint256 price, uint256 timestamp)",
  "FeedSet(int256 answer)",
  "ExecutedWithSuccess(address asset, uint256 amount, uint256 premium)",
  // Umbrella and stake tokens
  "StakeTokenSlashed(address indexed reserve, address indexed umbrellaStake, uint256 amount, uint256 fee)",
  "PendingDeficitChanged(address indexed reserve, uint256 newPendingDeficit)",
  "PendingDeficitCovered(address indexed reserve, uint256 amount)",
  "DeficitOffsetChanged(address indexed reserve, uint256 newDeficitOffset)",
  "DeficitOffsetCovered(address indexed reserve, uint256 amount)",
  "ReserveDeficitCovered(address indexed reserve, uint256 amount)",
  "Slashed(address indexed destination, uint256 amount)",
  "StakerCooldownUpdated(address indexed user, uint256 amount, uint256 endOfCooldown, uint256 unstakeWindow)",
  "Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares)",
  "Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares)",
  "LastTimestampUpdated(address indexed asset, uint256 newTimestamp)",
];

/** Codecs by topic. */
export const EVENTS: ReadonlyMap<string, EventCodec> = eventTable(EVENT_DECLARATIONS);
