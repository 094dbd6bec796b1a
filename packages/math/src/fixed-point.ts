import { mulDivDown, mulDivHalfUp, mulDivUp } from "./mul-div.js";

/** 1.0 as a wad. */
export const WAD = 10n ** 18n;
/** 1.0 as a ray. */
export const RAY = 10n ** 27n;
/** 100 % in basis points. */
export const BPS = 10_000n;

/** floor(a·b/1e18). */
export const wadMulDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, WAD);
/** ceil(a·b/1e18). */
export const wadMulUp = (a: bigint, b: bigint): bigint => mulDivUp(a, b, WAD);
/** floor(a·1e18/b). */
export const wadDivDown = (a: bigint, b: bigint): bigint => mulDivDown(a, WAD, b);
/** ceil(a·1e18/b). */
export const wadDivUp = (a: bigint, b: bigint): bigint => mulDivUp(a, WAD, b);

/** floor(a·b/1e27). */
export const rayMulDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, RAY);
/** ceil(a·b/1e27). */
export const rayMulUp = (a: bigint, b: bigint): bigint => mulDivUp(a, b, RAY);
/** a·b/1e27, halves up (Aave WadRayMath.rayMul). */
export const rayMulHalfUp = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, b, RAY);
/** floor(a·1e27/b). */
export const rayDivDown = (a: bigint, b: bigint): bigint => mulDivDown(a, RAY, b);
/** ceil(a·1e27/b). */
export const rayDivUp = (a: bigint, b: bigint): bigint => mulDivUp(a, RAY, b);
/** a·1e27/b, halves up (Aave WadRayMath.rayDiv). */
export const rayDivHalfUp = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, RAY, b);

/** floor(a·bps/10000). */
export const bpsMulDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, BPS);
/** ceil(a·bps/10000). */
export const bpsMulUp = (a: bigint, b: bigint): bigint => mulDivUp(a, b, BPS);
/** a·bps/10000, halves up (Aave PercentageMath.percentMul). */
export const bpsMulHalfUp = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, b, BPS);
