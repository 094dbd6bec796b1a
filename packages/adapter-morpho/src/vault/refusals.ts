import { eventCodec } from "@shortfall/core";
import { MorphoRefusal } from "../blue/errors.js";

/** A custom error as records spell it: its name and the selector of its signature. */
const customError = (signature: string): string => {
  // An error's selector is hashed like an event's topic.
  const { name, topic0 } = eventCodec(signature);
  return `${name}:${topic0.slice(0, 10)}`;
};

/** Reasons of MetaMorpho and of the ERC-20 and ERC-4626 it is built on. */
export const REASONS = {
  allCapsReached: customError("AllCapsReached()"),
  notEnoughLiquidity: customError("NotEnoughLiquidity()"),
  supplyCapExceeded: customError("SupplyCapExceeded(bytes32 id)"),
  unauthorizedMarket: customError("UnauthorizedMarket(bytes32 id)"),
  marketNotEnabled: customError("MarketNotEnabled(bytes32 id)"),
  inconsistentReallocation: customError("InconsistentReallocation()"),
  alreadySet: customError("AlreadySet()"),
  maxFeeExceeded: customError("MaxFeeExceeded()"),
  zeroFeeRecipient: customError("ZeroFeeRecipient()"),
  notOwner: customError("OwnableUnauthorizedAccount(address account)"),
  notAllocator: customError("NotAllocatorRole()"),
  insufficientBalance: customError(
    "ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  ),
  invalidReceiver: customError("ERC20InvalidReceiver(address receiver)"),
  mulDivOverflow: customError("MathOverflowedMulDiv()"),
} as const;

export function requireVault(condition: boolean, reason: keyof typeof REASONS): void {
  if (!condition) throw new MorphoRefusal(REASONS[reason]);
}
