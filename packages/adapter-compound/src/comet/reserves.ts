import { MAX_UINT256 } from "@shortfall/math";
import { checked, mulFactorDown, toUint128 } from "./amounts.js";
import { type Checks, fail } from "./checks.js";
import { FACTOR_SCALE } from "./constants.js";
import { CometRefusal, divisionByZero, overflow, TOKEN_SHORTAGE } from "./errors.js";
import type { CometMarket } from "./market.js";
import { baseControls, collateralControls, type Outcome } from "./outcome.js";

/**
 * quoteCollateral: units of a collateral for base tokens at the discounted price. Two truncating divisions,
 * in the contract's order.
 *
 * @returns undefined where a price is unknown and not required.
 */
export function quoteCollateral(
  market: CometMarket,
  asset: string,
  baseAmount: bigint,
  checks: Checks,
): bigint | undefined {
  const index = market.requireAsset(asset);
  const { scale, liquidationFactor } = market.asset(index);
  const price = market.price(index + 1, checks);
  if (price === undefined) return undefined;
  const discount = mulFactorDown(
    market.configuration.storeFrontPriceFactor,
    FACTOR_SCALE - liquidationFactor,
  );
  const discounted = mulFactorDown(price, FACTOR_SCALE - discount);
  const basePrice = market.price(0, checks);
  if (basePrice === undefined) return undefined;
  const value = checked(checked(basePrice * baseAmount) * scale);
  if (discounted === 0n) throw divisionByZero();
  return value / discounted / market.configuration.baseScale;
}

/** Arguments of a sale; `sold` only where the logs report it. */
export interface Sale {
  readonly buyer: string;
  readonly recipient: string;
  readonly asset: string;
  readonly baseAmount: bigint;
  readonly minAmount: bigint;
  readonly sold?: bigint;
}

/** buyCollateral: sells collateral reserves while base reserves are below their target. Does not accrue. */
export function buyCollateral(market: CometMarket, sale: Sale, time: bigint, checks: Checks): Outcome {
  const { configuration, state } = market;
  market.requireRunning("buy", checks);
  const reserves = market.reserves(time);
  if (reserves >= 0n && reserves >= configuration.targetReserves) fail(checks, "NotForSale()");
  if (state.baseBalance + sale.baseAmount > MAX_UINT256) throw overflow();
  const amount = sale.sold ?? quoteCollateral(market, sale.asset, sale.baseAmount, checks);
  // Observation gives the amount; a simulation without prices has failed above.
  if (amount === undefined) throw new CometRefusal("BadPrice()");
  const index = market.requireAsset(sale.asset);
  if (amount < sale.minAmount) fail(checks, "TooMuchSlippage()");
  const available = market.collateralReserves(index);
  if (amount > available) throw new CometRefusal("InsufficientReserves()");
  toUint128(amount);

  const stays = sale.recipient === configuration.comet;
  const cost = available === 0n ? 0n : (state.inventoryCost[index]! * amount) / available;
  state.baseBalance += sale.baseAmount;
  state.inventoryCost[index]! -= cost;
  if (!stays) state.collateralBalance[index]! -= amount;
  return {
    kind: "buy-collateral",
    account: sale.buyer,
    logs: [
      market.movement(configuration.baseToken, sale.buyer, configuration.comet, sale.baseAmount),
      market.movement(sale.asset, configuration.comet, sale.recipient, amount),
      market.event("BuyCollateral", {
        buyer: sale.buyer,
        asset: sale.asset,
        baseAmount: sale.baseAmount,
        collateralAmount: amount,
      }),
    ],
    base: baseControls(market),
    collateral: [collateralControls(market, index)],
    cashChange: sale.baseAmount,
    conversions: 0,
    sale: { index, amount, proceeds: sale.baseAmount, cost },
    amount: sale.baseAmount,
  };
}

/** withdrawReserves: the governor takes base tokens out of positive reserves. Does not accrue. */
export function withdrawReserves(
  market: CometMarket,
  to: string,
  amount: bigint,
  time: bigint,
  checks: Checks,
): Outcome {
  const { configuration, state } = market;
  const reserves = market.reserves(time);
  if (reserves < 0n || amount > reserves) fail(checks, "InsufficientReserves()");
  if (amount > state.baseBalance) throw new CometRefusal(TOKEN_SHORTAGE);
  const stays = to === configuration.comet;
  if (!stays) state.baseBalance -= amount;
  return {
    kind: "withdraw-reserves",
    logs: [
      market.movement(configuration.baseToken, configuration.comet, to, amount),
      market.event("WithdrawReserves", { to, amount }),
    ],
    base: baseControls(market),
    collateral: [],
    cashChange: stays ? 0n : -amount,
    conversions: 0,
    amount,
  };
}

/** A plain ERC-20 transfer to the market: reserves or collateral reserves grow, nobody gets a claim. */
export function donate(market: CometMarket, payer: string, token: string, amount: bigint): Outcome {
  const { configuration, state } = market;
  const isBase = token === configuration.baseToken;
  const index = isBase ? -1 : market.requireAsset(token);
  const held = isBase ? state.baseBalance : state.collateralBalance[index]!;
  if (held + amount > MAX_UINT256) throw overflow();
  if (isBase) state.baseBalance += amount;
  else state.collateralBalance[index]! += amount;
  return {
    kind: "donate",
    account: payer,
    logs: [market.movement(token, payer, configuration.comet, amount)],
    base: baseControls(market),
    collateral: isBase ? [] : [collateralControls(market, index)],
    cashChange: isBase ? amount : 0n,
    conversions: 0,
    donated: { commodity: isBase ? configuration.baseSymbol : market.asset(index).symbol, amount },
    amount,
  };
}
