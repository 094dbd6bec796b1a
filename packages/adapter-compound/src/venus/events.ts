import { type ContractEvents, contractEvents } from "../ctoken/event-directory.js";

const OWNERSHIP = [
  "Initialized(uint8 version)",
  "NewAccessControlManager(address oldAccessControlManager, address newAccessControlManager)",
  "OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)",
  "OwnershipTransferred(address indexed previousOwner, address indexed newOwner)",
] as const;

/** What a VToken emits. Accounts are indexed, unlike in Compound v2, under the same topic0. */
export const V_TOKEN_EVENTS: ContractEvents = contractEvents(
  [
    "AccrueInterest(uint256 cashPrior, uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)",
    "BadDebtIncreased(address indexed borrower, uint256 badDebtDelta, uint256 badDebtOld, uint256 badDebtNew)",
    "BadDebtRecovered(uint256 badDebtOld, uint256 badDebtNew)",
    "Borrow(address indexed borrower, uint256 borrowAmount, uint256 accountBorrows, uint256 totalBorrows)",
    "HealBorrow(address indexed payer, address indexed borrower, uint256 repayAmount)",
    "LiquidateBorrow(address indexed liquidator, address indexed borrower, uint256 repayAmount, address indexed vTokenCollateral, uint256 seizeTokens)",
    "Mint(address indexed minter, uint256 mintAmount, uint256 mintTokens, uint256 accountBalance)",
    "NewProtocolSeizeShare(uint256 oldProtocolSeizeShareMantissa, uint256 newProtocolSeizeShareMantissa)",
    "NewReduceReservesBlockDelta(uint256 oldReduceReservesBlockOrTimestampDelta, uint256 newReduceReservesBlockOrTimestampDelta)",
    "NewReserveFactor(uint256 oldReserveFactorMantissa, uint256 newReserveFactorMantissa)",
    "ProtocolSeize(address indexed from, address indexed to, uint256 amount)",
    "Redeem(address indexed redeemer, uint256 redeemAmount, uint256 redeemTokens, uint256 accountBalance)",
    "RepayBorrow(address indexed payer, address indexed borrower, uint256 repayAmount, uint256 accountBorrows, uint256 totalBorrows)",
    "ReservesAdded(address indexed benefactor, uint256 addAmount, uint256 newTotalReserves)",
    "SpreadReservesReduced(address indexed protocolShareReserve, uint256 reduceAmount, uint256 newTotalReserves)",
    "Transfer(address indexed from, address indexed to, uint256 amount)",
  ],
  [
    ...OWNERSHIP,
    "Approval(address indexed owner, address indexed spender, uint256 amount)",
    "NewComptroller(address indexed oldComptroller, address indexed newComptroller)",
    "SweepToken(address indexed token)",
  ],
);

/** What the Comptroller emits. */
export const COMPTROLLER_EVENTS: ContractEvents = contractEvents(
  [
    "MarketEntered(address indexed vToken, address indexed account)",
    "MarketExited(address indexed vToken, address indexed account)",
    "NewCloseFactor(uint256 oldCloseFactorMantissa, uint256 newCloseFactorMantissa)",
    "NewCollateralFactor(address vToken, uint256 oldCollateralFactorMantissa, uint256 newCollateralFactorMantissa)",
    "NewLiquidationIncentive(uint256 oldLiquidationIncentiveMantissa, uint256 newLiquidationIncentiveMantissa)",
    "NewLiquidationThreshold(address vToken, uint256 oldLiquidationThresholdMantissa, uint256 newLiquidationThresholdMantissa)",
    "NewMinLiquidatableCollateral(uint256 oldMinLiquidatableCollateral, uint256 newMinLiquidatableCollateral)",
  ],
  [
    ...OWNERSHIP,
    "DelegateUpdated(address indexed approver, address indexed delegate, bool approved)",
    "NewBorrowCap(address indexed vToken, uint256 newBorrowCap)",
    "NewSupplyCap(address indexed vToken, uint256 newSupplyCap)",
    "ActionPausedMarket(address indexed vToken, uint8 action, bool pauseState)",
  ],
);

/** What the auction house emits. `TokenDebt…` events tell of refunds that a token refused: no operation. */
export const SHORTFALL_EVENTS: ContractEvents = contractEvents(
  [
    "AuctionClosed(address indexed comptroller, uint256 auctionStartBlockOrTimestamp, address indexed highestBidder, uint256 highestBidBps, uint256 seizedRiskFind, address[] markets, uint256[] marketDebt)",
    "AuctionRestarted(address indexed comptroller, uint256 auctionStartBlockOrTimestamp)",
    "AuctionStarted(address indexed comptroller, uint256 auctionStartBlockOrTimestamp, uint8 auctionType, address[] markets, uint256[] marketsDebt, uint256 seizedRiskFund, uint256 startBidBps)",
    "BidPlaced(address indexed comptroller, uint256 auctionStartBlockOrTimestamp, uint256 bidBps, address indexed bidder)",
    "IncentiveBpsUpdated(uint256 oldIncentiveBps, uint256 newIncentiveBps)",
    "MinimumPoolBadDebtUpdated(uint256 oldMinimumPoolBadDebt, uint256 newMinimumPoolBadDebt)",
    "NextBidderBlockLimitUpdated(uint256 oldNextBidderBlockOrTimestampLimit, uint256 newNextBidderBlockOrTimestampLimit)",
    "TokenDebtAdded(address indexed token, address indexed user, uint256 amount)",
    "TokenDebtClaimed(address indexed token, address indexed user, uint256 amount)",
    "WaitForFirstBidderUpdated(uint256 oldWaitForFirstBidder, uint256 newWaitForFirstBidder)",
  ],
  [
    ...OWNERSHIP,
    "AuctionsPaused(address sender)",
    "AuctionsResumed(address sender)",
    "PoolRegistryUpdated(address indexed oldPoolRegistry, address indexed newPoolRegistry)",
  ],
);
