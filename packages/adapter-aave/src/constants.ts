/** 365 days: rates are per this many seconds. */
export const SECONDS_PER_YEAR = 31_536_000n;

/** Health factor of exactly 1: below it a position may be liquidated. */
export const HEALTH_FACTOR_ONE_WAD = 10n ** 18n;
/** Above this health factor only part of a debt may be repaid at once. */
export const FULL_CLOSE_HEALTH_FACTOR_WAD = 95n * 10n ** 16n;
/** Share of the debt that may be repaid at once while the close factor binds. */
export const CLOSE_FACTOR_BPS = 5_000n;
/** Positions below this value may always be closed in full. Base currency, 8 decimals (from 3.3). */
export const MIN_CLOSE_FACTOR_VALUE_BASE = 2_000n * 10n ** 8n;
/** A partial liquidation must leave at least this on both sides. Base currency, 8 decimals (from 3.3). */
export const MIN_LEFTOVER_VALUE_BASE = 1_000n * 10n ** 8n;

/** Assets that a stake token never pays out, so that its shares keep a price. */
export const STAKE_FLOOR_ASSETS = 1_000_000n;
/** `keccak256("COVERAGE_MANAGER_ROLE")`, as the access refusal prints it. */
export const COVERAGE_MANAGER_ROLE = "0x7022b05f273dfb770d16ebe344b0b38e1ef7bac12120a5cebc324be6acf18fe1";

/** Basis points to ray: rate parameters are stored in bps and used in ray. */
export const RAY_PER_BPS = 10n ** 23n;
export const ZERO_ADDRESS = "0x0000000000000000000000000000000000000000";
/** Interest rate mode of variable debt, the only one modelled. */
export const VARIABLE_RATE_MODE = 2n;
