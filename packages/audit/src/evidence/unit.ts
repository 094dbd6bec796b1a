import { formatAmount } from "@shortfall/math/decimal";
import * as z from "zod";

/** In what the amounts of a description are, and how its files write them. */
export const unitSchema = z.strictObject({
  name: z.string().default(""),
  /** Digits after the point that are kept; amounts that need more are refused. */
  decimals: z.int().min(0).max(77),
  /** `base-units`: integers, the point is `decimals` digits from the right. `tokens`: decimal numbers. */
  written: z.enum(["base-units", "tokens"]),
});

export type EvidenceUnit = z.infer<typeof unitSchema>;

/** Digits after the point of an amount as the files write it. */
export const placesOf = ({ written, decimals }: EvidenceUnit): number =>
  written === "tokens" ? decimals : 0;

/** An amount for people, every digit, with its unit. */
export function show(amount: bigint, unit: EvidenceUnit): string {
  const text = formatAmount(amount, unit.decimals, { group: "," });
  return unit.name === "" ? text : `${text} ${unit.name}`;
}

/** With a sign that reads as an operation: "+ 5" or "− 5". */
export const signed = (amount: bigint, unit: EvidenceUnit): string =>
  amount < 0n ? `− ${bare(-amount, unit)}` : `+ ${bare(amount, unit)}`;

/** An address or hash short enough for a table: its first and last digits. */
export const brief = (text: string): string =>
  /^0x[0-9a-f]{40,64}$/.test(text) ? `${text.slice(0, 8)}…${text.slice(-4)}` : text;

/** As `show`, without the unit: for tables. */
export const bare = (amount: bigint, unit: EvidenceUnit): string => show(amount, { ...unit, name: "" });
