import { eventCodec } from "@shortfall/core";
import type { Market } from "../market.js";

/** Custom errors of the pool, its tokens and the Umbrella, as declared. */
const ERRORS = [
  "InvalidAmount()",
  "InvalidMintAmount()",
  "InvalidBurnAmount()",
  "NotEnoughAvailableUserBalance()",
  "ReserveNotInDeficit()",
  "UserCannotHaveDebt()",
  "CallerNotUmbrella()",
  "MustNotLeaveDust()",
  "HealthFactorNotBelowThreshold()",
  "HealthFactorLowerThanLiquidationThreshold()",
  "CollateralBalanceIsZero()",
  "CollateralCannotCoverNewBorrow()",
  "CollateralCannotBeLiquidated()",
  "SpecifiedCurrencyNotBorrowedByUser()",
  "SelfLiquidation()",
  "LtvValidationFailed()",
  "SupplyCapExceeded()",
  "BorrowCapExceeded()",
  "ReserveInactive()",
  "ReserveFrozen()",
  "ReservePaused()",
  "NoDebtOfSelectedType()",
  "NoExplicitAmountToRepayOnBehalf()",
  "NotBorrowableInEMode()",
  "BorrowingNotEnabled()",
  "UnderlyingBalanceZero()",
  "UserHasAssetWithZeroLtv()",
  "UserInIsolationModeOrLtvZero()",
  "InconsistentEModeCategory()",
  "InvalidDebtInEmode(address,uint256)",
  "InvalidCollateralInEmode(address,uint256)",
  "LiquidationGraceSentinelCheckFailed()",
  "FlashloanDisabled()",
  "FlashloanPremiumInvalid()",
  "SupplyToAToken()",
  "WithdrawToAToken()",
  "InvalidSupplyCap()",
  "InvalidBorrowCap()",
  "InvalidReserveFactor()",
  "InvalidReserveParams()",
  "InvalidLiquidationProtocolFee()",
  "InvalidOptimalUsageRatio()",
  "InvalidMaxRate()",
  "Slope2MustBeGteSlope1()",
  "InvalidFreezeState()",
  "InvalidGracePeriod()",
  "OperationNotSupported()",
  "SafeCastOverflowedUintDowncast(uint8,uint256)",
  "ERC20InsufficientBalance(address,uint256,uint256)",
  "ERC20InsufficientAllowance(address,uint256,uint256)",
  "CannotSlash()",
  "ZeroDeficitToCover()",
  "TooMuchDeficitOffsetReduction()",
  "ReserveCoverageNotSetup()",
  "ReserveIsConfigured()",
  "ZeroAmountSlashing()",
  "ZeroFundsAvailable()",
  "ZeroBalanceInStaking()",
  "ERC4626ExceededMaxRedeem(address,uint256,uint256)",
  "AccessControlUnauthorizedAccount(address,bytes32)",
] as const;

const selectorOf = (signature: string): string => eventCodec(signature).topic0.slice(2, 10);

const BY_SELECTOR: ReadonlyMap<string, string> = new Map(
  ERRORS.map((signature) => [selectorOf(signature), signature]),
);
const PANIC = selectorOf("Panic(uint256)");
const ERROR = selectorOf("Error(string)");

/**
 * A refusal as text, from its revert data: `Name(args)`, `Error(text)`, `Panic(0x11)`, or `0x` for none.
 * Undefined for an error that is not the pool's.
 */
export function describeRevert(market: Market, data: string): string | undefined {
  const hex = data.toLowerCase();
  if (hex === "0x") return "0x";
  const selector = hex.slice(2, 10);
  const words = hex.slice(10).match(/.{64}/g) ?? [];
  if (selector === PANIC)
    return `Panic(0x${BigInt(`0x${words[0] ?? "0"}`)
      .toString(16)
      .padStart(2, "0")})`;
  if (selector === ERROR) {
    const length = Number(BigInt(`0x${words[1] ?? "0"}`));
    return `Error(${textOf(hex.slice(10 + 128, 10 + 128 + 2 * length))})`;
  }
  const signature = BY_SELECTOR.get(selector);
  if (signature === undefined) return undefined;
  const name = signature.slice(0, signature.indexOf("("));
  const types = signature
    .slice(name.length + 1, -1)
    .split(",")
    .filter((type) => type !== "");
  const values = types.map((type, index) => wordAs(market, type, words[index] ?? ""));
  return `${name}(${values.join(",")})`;
}

function wordAs(market: Market, type: string, word: string): string {
  if (type === "address") return market.spelled(`0x${word.slice(24)}`);
  return type === "bytes32" ? `0x${word}` : BigInt(`0x${word || "0"}`).toString();
}

const textOf = (hex: string): string =>
  new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
