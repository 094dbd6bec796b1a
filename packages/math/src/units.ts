declare const unit: unique symbol;

/** Amount in the smallest unit of an asset. */
export type Assets = bigint & { readonly [unit]: "assets" };
/** Amount of pool shares: scaled balance, principal or share token. */
export type Shares = bigint & { readonly [unit]: "shares" };
/** Ratio scaled by 1e18. */
export type Wad = bigint & { readonly [unit]: "wad" };
/** Ratio scaled by 1e27. */
export type Ray = bigint & { readonly [unit]: "ray" };
/** Ratio in hundredths of a percent. */
export type Bps = bigint & { readonly [unit]: "bps" };

/** Brands `value` as assets; costs nothing at run time. */
export const assets = (value: bigint): Assets => value as Assets;
/** Brands `value` as shares. */
export const shares = (value: bigint): Shares => value as Shares;
/** Brands `value` as a wad. */
export const wad = (value: bigint): Wad => value as Wad;
/** Brands `value` as a ray. */
export const ray = (value: bigint): Ray => value as Ray;
/** Brands `value` as basis points. */
export const bps = (value: bigint): Bps => value as Bps;
