import { WAD } from "@shortfall/math";

/** Virtual amounts in every conversion (SharesMathLib). Nobody can redeem them. */
export const VIRTUAL_SHARES = 1_000_000n;
export const VIRTUAL_ASSETS = 1n;
/** Scale of an oracle's price: loan wei per collateral wei. */
export const ORACLE_PRICE_SCALE = 10n ** 36n;
/** Highest fee, as a wad of interest. */
export const MAX_FEE = WAD / 4n;
/** The incentive's slope against 1 − LLTV. */
export const LIQUIDATION_CURSOR = (3n * WAD) / 10n;
export const MAX_LIQUIDATION_INCENTIVE = (115n * WAD) / 100n;
export const SECONDS_PER_YEAR = 31_536_000n;
export const ZERO_ADDRESS = `0x${"0".repeat(40)}`;
