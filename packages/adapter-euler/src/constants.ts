import { RAY } from "@shortfall/math";

/** Bits after the point of a debt: debts are kept in 2^-31 of the asset's base unit. */
export const DEBT_FRACTION_BITS = 31n;
/** One base unit of the asset as debt. */
export const DEBT_UNIT = 1n << DEBT_FRACTION_BITS;

/** Largest amount of assets or shares that a vault stores (`MAX_SANE_AMOUNT`). */
export const MAX_AMOUNT = (1n << 112n) - 1n;
/** Largest debt that a vault stores (`MAX_SANE_DEBT_AMOUNT`). */
export const MAX_OWED = MAX_AMOUNT << DEBT_FRACTION_BITS;

/** Assets and shares that are added to both totals in a conversion (`VIRTUAL_DEPOSIT_AMOUNT`). */
export const VIRTUAL_AMOUNT = 1_000_000n;
export const VIRTUAL_DEPOSIT = { assets: VIRTUAL_AMOUNT, shares: VIRTUAL_AMOUNT } as const;

/** Ratios of a vault's configuration: 1e4 = 100 %. */
export const CONFIG_SCALE = 10_000n;
/** Largest rate a vault stores, ray per second (`MAX_ALLOWED_INTEREST_RATE`). */
export const MAX_INTEREST_RATE = 291_867_278_914_945_094_175n;
/** Accumulator of a new vault. */
export const INITIAL_ACCUMULATOR = RAY;

/** A debt worth less than this, in units of account, is never socialised (`MIN_SOCIALIZATION_LIABILITY_VALUE`). */
export const MIN_SOCIALISATION_VALUE = 1_000_000n;
/** Largest share of the fees that the protocol takes while a governor takes the rest, 1e4 = 100 %. */
export const MAX_PROTOCOL_FEE_SHARE = 5_000n;
/** Interest fees from here to 100 % need no permission of the protocol's configuration contract. */
export const MIN_INTEREST_FEE = 1_000n;

/** Flag of `configFlags`: a loss stays with its borrower. */
export const FLAG_DONT_SOCIALISE = 1n;
/** First value of `configFlags` that no flag has. */
export const FLAGS_END = 4n;

export const ZERO_ADDRESS = `0x${"0".repeat(40)}`;
/** As an amount: "all there is". */
export const MAX_UINT = (1n << 256n) - 1n;
