import * as z from "zod";

/** A non-negative amount in base units: bigint, or a decimal string as JSON carries it. */
export const amount = z.union([
  z.bigint().nonnegative(),
  z
    .string()
    .regex(/^\d+$/, "a non-negative decimal integer string")
    .transform((text) => BigInt(text)),
]);

/** An amount that something is divided by. */
export const divisor = amount.refine((value) => value > 0n, "must not be 0");

/** Id of a fund, class, group, asset or account. */
export const identifier = z.string().min(1);

/** num / den of something. */
export const fraction = z.strictObject({
  num: amount.meta({ title: "Numerator" }),
  den: divisor.meta({ title: "Denominator" }),
});
export type Fraction = z.output<typeof fraction>;

/** 100 % = 10000. */
export const bps = amount;
