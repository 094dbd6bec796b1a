import * as z from "zod";
import { conversion } from "./conversion.js";
import { curve } from "./curve.js";
import { EvidenceError } from "./errors.js";
import { EvidenceFiles } from "./files.js";
import { funding } from "./funding.js";
import type { EvidenceKind, EvidenceResult } from "./kind.js";
import { lists } from "./lists.js";
import { marketFunding } from "./market-funding.js";
import { returns } from "./returns.js";
import { rollForward } from "./roll-forward.js";
import { snapshot } from "./snapshot.js";
import { type EvidenceUnit, unitSchema } from "./unit.js";

export const EVIDENCE_FORMAT = "shortfall-evidence/1";

/** Kinds that need no protocol's arithmetic. */
export const EVIDENCE_KINDS: readonly EvidenceKind[] = [
  funding,
  marketFunding,
  rollForward,
  curve,
  lists,
  returns,
  snapshot,
  conversion,
];

/** A description that fits its kind. */
export interface EvidenceDescription {
  readonly kind: EvidenceKind;
  readonly title: string;
  readonly unit?: EvidenceUnit;
  /** Names of the files it needs, as it writes them. */
  readonly files: readonly string[];
  readonly members: unknown;
}

/** What a description comes to, with what it is about. */
export interface EvidenceReport extends EvidenceResult {
  readonly title: string;
  readonly kind: string;
  readonly unit?: EvidenceUnit;
}

const head = z.looseObject({ format: z.literal(EVIDENCE_FORMAT), kind: z.string(), title: z.string() });

/**
 * Checks a description, parsed from JSON.
 *
 * @param file its name, for messages.
 * @param kinds what may be asked; `EVIDENCE_KINDS` unless a host has more.
 * @throws {EvidenceError} naming the first member that is not as it must be.
 */
export function parseEvidence(
  document: unknown,
  file: string,
  kinds: readonly EvidenceKind[] = EVIDENCE_KINDS,
): EvidenceDescription {
  const { kind: id, title } = checked(head, document, file);
  const kind = kinds.find((each) => each.id === id);
  if (!kind)
    throw new EvidenceError(
      file,
      "kind",
      `one of ${kinds.map((each) => each.id).join(", ")}`,
      JSON.stringify(id),
    );
  const { format: _, kind: __, title: ___, ...rest } = document as Record<string, unknown>;
  const members = checked(kind.schema, rest, file);
  const unit = unitSchema.safeParse(rest.unit);
  return { kind, title, files: filesOf(members), members, ...(unit.success ? { unit: unit.data } : {}) };
}

/**
 * Puts the question of a description to its files.
 *
 * @param texts contents of `description.files`, by the names it uses.
 * @throws {DocumentError} a file that is not JSON, JSON Lines or CSV, or lacks what the description names.
 */
export function reconcileEvidence(
  description: EvidenceDescription,
  texts: ReadonlyMap<string, string>,
): EvidenceReport {
  const { kind, title, unit, members } = description;
  const result = kind.reconcile(members, new EvidenceFiles(texts));
  return { title, kind: kind.id, ...(unit ? { unit } : {}), ...result };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new EvidenceError(
    file,
    issue.path.join(".") || "description",
    "a member of its kind's schema",
    issue.message,
  );
}

/** Every `file` below a checked description, each once. */
function filesOf(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (key === "file" && typeof child === "string") found.add(child);
      else visit(child);
    }
  };
  visit(value);
  return [...found];
}
