import { type ContractEvents, contractEvents } from "../ctoken/event-directory.js";

/** What a cToken emits. Business events have no indexed arguments. */
export const C_TOKEN_EVENTS: ContractEvents = contractEvents(
  [
    "AccrueInterest(uint256 cashPrior, uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)",
    "Mint(address minter, uint256 mintAmount, uint256 mintTokens)",
    "Redeem(address redeemer, uint256 redeemAmount, uint256 redeemTokens)",
    "Borrow(address borrower, uint256 borrowAmount, uint256 accountBorrows, uint256 totalBorrows)",
    "RepayBorrow(address payer, address borrower, uint256 repayAmount, uint256 accountBorrows, uint256 totalBorrows)",
    "LiquidateBorrow(address liquidator, address borrower, uint256 repayAmount, address cTokenCollateral, uint256 seizeTokens)",
    "ReservesAdded(address benefactor, uint256 addAmount, uint256 newTotalReserves)",
    "ReservesReduced(address admin, uint256 reduceAmount, uint256 newTotalReserves)",
    "NewReserveFactor(uint256 oldReserveFactorMantissa, uint256 newReserveFactorMantissa)",
    "Transfer(address indexed from, address indexed to, uint256 amount)",
  ],
  [
    "Approval(address indexed owner, address indexed spender, uint256 amount)",
    "NewAdmin(address oldAdmin, address newAdmin)",
    "NewPendingAdmin(address oldPendingAdmin, address newPendingAdmin)",
    "NewComptroller(address oldComptroller, address newComptroller)",
  ],
);

/** What the Comptroller emits. Rewards and permissions change nothing that is modelled. */
export const COMPTROLLER_EVENTS: ContractEvents = contractEvents(
  [
    "MarketEntered(address cToken, address account)",
    "MarketExited(address cToken, address account)",
    "NewCloseFactor(uint256 oldCloseFactorMantissa, uint256 newCloseFactorMantissa)",
    "NewCollateralFactor(address cToken, uint256 oldCollateralFactorMantissa, uint256 newCollateralFactorMantissa)",
    "NewLiquidationIncentive(uint256 oldLiquidationIncentiveMantissa, uint256 newLiquidationIncentiveMantissa)",
  ],
  [
    "DistributedSupplierComp(address indexed cToken, address indexed supplier, uint256 compDelta, uint256 compSupplyIndex)",
    "DistributedBorrowerComp(address indexed cToken, address indexed borrower, uint256 compDelta, uint256 compBorrowIndex)",
    "CompGranted(address recipient, uint256 amount)",
    "CompSpeedUpdated(address indexed cToken, uint256 newSpeed)",
    "CompBorrowSpeedUpdated(address indexed cToken, uint256 newSpeed)",
    "CompSupplySpeedUpdated(address indexed cToken, uint256 newSpeed)",
    "NewBorrowCap(address indexed cToken, uint256 newBorrowCap)",
    "NewBorrowCapGuardian(address oldBorrowCapGuardian, address newBorrowCapGuardian)",
    "NewPauseGuardian(address oldPauseGuardian, address newPauseGuardian)",
    "ActionPaused(string action, bool pauseState)",
    "ActionPaused(address cToken, string action, bool pauseState)",
    // A refusal by code: the call went through and changed nothing.
    "Failure(uint256 error, uint256 info, uint256 detail)",
  ],
);

/** What the reference price oracle emits. */
export const ORACLE_EVENTS: ContractEvents = contractEvents(
  [
    "PricePosted(address asset, uint256 previousPriceMantissa, uint256 requestedPriceMantissa, uint256 newPriceMantissa)",
  ],
  [],
);
