import type { Execution, HistoryHeader, PoolView } from "@shortfall/core";
import { marketId } from "../src/blue/market.js";
import { MorphoBlueModel } from "../src/index.js";

export const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;

export const MORPHO = address(0x1000);
export const ADAPTIVE = address(0x1001);
export const LOAN = address(0x2000);
export const COLLATERAL = address(0x2001);
export const ORACLE = address(0x3000);
export const OWNER = address(0x4000);
export const [ALICE, BOB, CAROL, LIQUIDATOR] = [address(0xa), address(0xb), address(0xc), address(0xd)];
export const WAD = 10n ** 18n;
/** One loan wei for one collateral wei. */
export const PAR = 10n ** 36n;

export const PARAMETERS = {
  loanToken: LOAN,
  collateralToken: COLLATERAL,
  oracle: ORACLE,
  irm: address(0),
  lltv: (8n * WAD) / 10n,
};
export const MARKET = marketId(PARAMETERS);

const market = (irm: string) => {
  const parameters = { ...PARAMETERS, irm };
  const id = marketId(parameters);
  return {
    ...parameters,
    id,
    lltv: parameters.lltv.toString(),
    initialPrice: PAR.toString(),
    lastUpdate: "1000",
  };
};

export const header = (irm = address(0)): HistoryHeader => ({
  format: "shortfall-trace/1",
  protocol: "morpho-blue",
  version: "1.0.0",
  params: {
    morpho: MORPHO,
    adaptiveCurveIrm: ADAPTIVE,
    owner: OWNER,
    feeRecipient: OWNER,
    tokens: [
      { symbol: "USD", address: LOAN, decimals: "6" },
      { symbol: "ETH", address: COLLATERAL, decimals: "18" },
    ],
    markets: [market(irm)],
    startTimestamp: "1000",
  },
});

/** One market and calls to it, one second apart unless told. */
export class Scenario {
  readonly model: MorphoBlueModel;
  readonly market: string;
  time = 1000;
  #block = 1;

  constructor(irm = address(0)) {
    this.model = new MorphoBlueModel(header(irm));
    this.market = market(irm).id;
  }

  get view(): PoolView {
    return this.model.pools().find(({ pool }) => pool === this.market)!;
  }

  /** What Morpho stores of the market. */
  get stored() {
    return this.model.state.markets.get(this.market)!;
  }

  try(type: string, from: string, fields: Record<string, bigint | string | boolean> = {}): Execution {
    const texts = Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === "bigint" ? value.toString() : value,
    ]);
    const call = { market: this.market, ...Object.fromEntries(texts), from, type };
    this.#block++;
    this.time++;
    return this.model.execute(call, {
      block: this.#block,
      timestamp: this.time,
      transaction: `${this.#block}`,
    });
  }

  do(type: string, from: string, fields: Record<string, bigint | string | boolean> = {}) {
    const result = this.try(type, from, fields);
    if (!result.ok) throw new Error(`${type} was refused: ${result.reason}`);
    return result.logs;
  }

  supply = (from: string, assets: bigint) => this.do("supply", from, { assets, shares: 0n, onBehalf: from });
  collateral = (from: string, assets: bigint) =>
    this.do("supplyCollateral", from, { assets, onBehalf: from });
  borrow = (from: string, assets: bigint) =>
    this.do("borrow", from, { assets, shares: 0n, onBehalf: from, receiver: from });
  price = (price: bigint) => this.do("setPrice", OWNER, { oracle: ORACLE, price });
  seize = (borrower: string, seizedAssets: bigint) =>
    this.do("liquidate", LIQUIDATOR, { borrower, seizedAssets, repaidShares: 0n });
}
