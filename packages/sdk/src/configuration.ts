import * as z from "zod";
import { ConfigurationError } from "./errors.js";

const amount = z
  .union([
    z.bigint(),
    z.string().regex(/^\d+$/, "a whole number of base units, as a decimal string"),
    z.int(),
  ])
  .transform((value) => BigInt(value))
  .refine((value) => value >= 0n, "not negative");

const factorBps = amount.refine((value) => value <= 10_000n, "at most 10000 hundredths of a percent");

const id = z.string().min(1, "not empty");

/** A waterfall in a file; the engine checks layers, policies and their parameters. */
const waterfall = z.looseObject({ format: z.literal("shortfall-waterfall/1"), id, version: id });

const pool = z.strictObject({
  id,
  asset: id,
  decimals: z.int().min(0).max(77),
  classes: z
    .array(z.strictObject({ id, supplyCap: amount.optional() }))
    .min(1, "at least one class, senior first")
    .default([{ id: "main" }]),
  collateral: z.array(z.strictObject({ asset: id, bonusBps: amount.optional() })).default([]),
  funds: z
    .array(z.strictObject({ id, asset: id.optional(), floor: amount.optional(), cap: amount.optional() }))
    .default([]),
  reserveFactorBps: factorBps.optional(),
  treasuryFactorBps: factorBps.optional(),
  closeFactorBps: factorBps.optional(),
  borrowCap: amount.optional(),
  haircutRounding: z.enum(["largest-remainder", "floor"]).optional(),
  recoveryHolders: z.enum(["current-holders", "loss-bearers"]).optional(),
  recoveryExcess: z.enum(["reserves", "treasury", "borrower", "refuse"]).optional(),
  waterfall,
});

const plugin = z.union([
  z
    .string()
    .min(1)
    .transform((from) => ({ from, options: {} as Record<string, unknown> })),
  z.strictObject({ from: z.string().min(1), options: z.record(z.string(), z.unknown()).default({}) }),
]);

/** Schema of a configuration, for editors and for `z.toJSONSchema`. */
export const configurationSchema = z.strictObject({
  /** Packages that bring policies or adapters. */
  plugins: z.array(plugin).default([]),
  /** Pools that every ledger opens. */
  pools: z.array(pool).default([]),
});

/** What a host may write. */
export type ConfigurationInput = z.input<typeof configurationSchema>;
/** A checked configuration, defaults filled in. */
export type Configuration = z.output<typeof configurationSchema>;

/**
 * Checks a configuration.
 *
 * @throws {ConfigurationError} listing every problem with its path.
 */
export function parseConfiguration(input: unknown): Configuration {
  const result = configurationSchema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => ({
      path: issue.path.reduce<string>(
        (path, part) =>
          typeof part === "number"
            ? `${path}[${part}]`
            : path === ""
              ? String(part)
              : `${path}.${String(part)}`,
        "",
      ),
      message: issue.message,
    })),
  );
}
