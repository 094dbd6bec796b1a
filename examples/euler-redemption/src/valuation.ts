import { mulDivDown, WAD } from "@shortfall/math";
import { type Market, type Pool, requireMarket } from "./inputs.js";

/** Values token amounts in wei of ETH at one price vector; every amount is floored by itself. */
export class Valuation {
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #prices: ReadonlyMap<string, bigint>;

  constructor(markets: ReadonlyMap<string, Market>, prices: ReadonlyMap<string, bigint>) {
    this.#markets = markets;
    this.#prices = prices;
  }

  /** floor(amount · 10^(18 − decimals) · price / 1e18). @throws {Error} no price for the token. */
  of(amount: bigint, token: string): bigint {
    const price = this.#prices.get(token);
    if (price === undefined) throw new Error(`No price for token ${token}.`);
    const { decimals } = requireMarket(this.#markets, token);
    return mulDivDown(amount * 10n ** BigInt(18 - decimals), price, WAD);
  }

  /** As `of`, truncated toward zero for a negative amount. */
  ofSigned(amount: bigint, token: string): bigint {
    return amount < 0n ? -this.of(-amount, token) : this.of(amount, token);
  }

  /** A basket of pool tokens; WETH counts one to one. */
  ofPool(basket: Pool, tokens: { readonly dai: string; readonly usdc: string }): bigint {
    return basket.weth + this.of(basket.dai, tokens.dai) + this.of(basket.usdc, tokens.usdc);
  }
}
