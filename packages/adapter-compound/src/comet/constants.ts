/** Scale of both base indexes; also their first value. */
export const INDEX_SCALE = 10n ** 15n;
/** Scale of factors, utilisation and per-second rates. */
export const FACTOR_SCALE = 10n ** 18n;
/** Scale of every price feed. */
export const PRICE_SCALE = 10n ** 8n;
/** Divisor of a yearly rate at construction. */
export const SECONDS_PER_YEAR = 31_536_000n;
/** Precision of reward tracking; base tokens with fewer decimals are refused by the constructor. */
export const BASE_ACCRUAL_SCALE = 10n ** 6n;
/** Packed factors keep four decimals. */
export const PACKED_FACTOR_STEP = 10n ** 14n;
export const MAX_UINT40 = (1n << 40n) - 1n;
export const MAX_INT104 = (1n << 103n) - 1n;
export const ZERO_ADDRESS = "0x0000000000000000000000000000000000000000";
