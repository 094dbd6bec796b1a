import type { Pool } from "../ctoken/pool.js";

/** Constants of the modelled release that no header can change. */
export interface CompoundConstants {
  /** Rate per block above which an accrual reverts, mantissa. */
  readonly borrowRateMaxWad: bigint;
  readonly oracle: string;
  /** Who may take reserves out; unknown admins are not tested. */
  readonly admin: string | undefined;
}

/** The state of a Comptroller with its cTokens. */
export interface CompoundState {
  readonly pool: Pool;
  readonly constants: CompoundConstants;
}
