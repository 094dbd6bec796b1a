import { mulDivDown } from "@shortfall/math";
import type { Pool } from "./inputs.js";

export const EMPTY: Pool = { weth: 0n, dai: 0n, usdc: 0n };

const each = (f: (token: keyof Pool) => bigint): Pool => ({
  weth: f("weth"),
  dai: f("dai"),
  usdc: f("usdc"),
});

export const add = (a: Pool, b: Pool): Pool => each((token) => a[token] + b[token]);
export const subtract = (a: Pool, b: Pool): Pool => each((token) => a[token] - b[token]);

/** Each token times numerator / denominator, floored; nothing of an empty denominator. */
export const share = (basket: Pool, numerator: bigint, denominator: bigint): Pool =>
  denominator === 0n ? EMPTY : each((token) => mulDivDown(basket[token], numerator, denominator));

/** A pro-rata part through a ratio: two floors, and that of the 18-digit ratio is part of the published method. */
export const shareByRatio = (basket: Pool, numerator: bigint, denominator: bigint, one: bigint): Pool => {
  const ratio = mulDivDown(numerator, one, denominator);
  return each((token) => mulDivDown(basket[token], ratio, one));
};
