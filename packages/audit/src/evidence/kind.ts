import type * as z from "zod";
import type { EvidenceFiles } from "./files.js";

/** Something that the data show and that a reader should know: a value, never an exception. */
export interface EvidenceFinding {
  /** `differs`: a figure does not hold. `note`: worth knowing, nothing is wrong. */
  readonly severity: "differs" | "note";
  /** What kind of thing it is, such as `over-budget` or `unexplained-move`. */
  readonly class: string;
  readonly message: string;
}

/** Rows for people; the first is the head. */
export interface EvidenceTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What one description of evidence comes to. */
export interface EvidenceResult {
  /** Whether every published figure holds. */
  readonly holds: boolean;
  /** The case in one sentence. */
  readonly verdict: string;
  /** Exact figures; amounts are integers in units of 10^-decimals of the unit. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly findings: readonly EvidenceFinding[];
  readonly tables: readonly EvidenceTable[];
}

/** A question that can be put to anybody's files: which columns it needs, and what it makes of them. */
export interface EvidenceKind<D = unknown> {
  readonly id: string;
  readonly title: string;
  /** Members that a description of this kind has beside those of every description. */
  readonly schema: z.ZodType<D>;
  /** @throws {DocumentError} a file that lacks what the description names, or an amount that is none. */
  reconcile(description: D, files: EvidenceFiles): EvidenceResult;
}

/** Gives a kind its types back: descriptions are checked before they reach it. */
export const defineEvidenceKind = <D>(kind: EvidenceKind<D>): EvidenceKind => kind as EvidenceKind;

/** Differs where any finding does. */
export const holds = (findings: readonly EvidenceFinding[]): boolean =>
  findings.every(({ severity }) => severity === "note");
