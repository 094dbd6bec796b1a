import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { classifyTexts } from "@shortfall/audit";
import { builtInAdapters } from "@shortfall/cli";
import { plainLogLines } from "./plain-log-lines.js";
import { json, writeLines } from "./shell.js";

const ROOT = new URL("../../../", import.meta.url);

/**
 * The example of a page of the catalogue: two numbers, or a recorded history with something done to it, and the
 * finding that it gives.
 */
export type FindingExample =
  | { readonly reported: string; readonly recomputed: string }
  | {
      /** From the top of the repository. */
      readonly history: string;
      /** Whether it is read as the plain logs that a node would have given of it. */
      readonly plain?: boolean;
      readonly edits: readonly Edit[];
      /** Extra arguments of `reconcile`. */
      readonly arguments?: readonly string[];
      /** What one finding or write-off of the report has. */
      readonly finding: Readonly<Record<string, unknown>>;
    };

/** Lines count from 1, the header is line 1; edits apply one after the other. */
type Edit =
  | { readonly drop: number }
  | { readonly repeat: number }
  | { readonly move: number; readonly to: number }
  /** Members by path, such as `logs.0.data`. */
  | { readonly line: number; readonly set: Readonly<Record<string, unknown>> }
  /** Adds to a 32-byte word of a log's data, counted from 0. */
  | { readonly line: number; readonly log: number; readonly word: number; readonly add: string }
  /** Puts a line of its own at the end. */
  | { readonly append: Readonly<Record<string, unknown>> }
  /** Puts a line like another elsewhere, with members of its own. */
  | { readonly copy: number; readonly to: number; readonly set: Readonly<Record<string, unknown>> };

type Line = Record<string, unknown>;

/** The class that the example gives. */
export async function runExample(example: FindingExample, folder: string): Promise<readonly unknown[]> {
  if ("reported" in example) return [{ class: classifyTexts(example.reported, example.recomputed) }];
  const path = fileURLToPath(new URL(example.history, ROOT));
  const lines = example.plain ? await plainLogLines(path) : traceLines(path);
  const edited = example.edits.reduce(apply, lines);
  const file = writeLines(`${folder}/example.jsonl`, edited);
  const { document } = await json(["reconcile", file, ...(example.arguments ?? [])], {
    adapters: builtInAdapters(),
  });
  return [...(document.findings as unknown[]), ...(document.writeOffs as unknown[])];
}

const traceLines = (path: string): Line[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Line);

function apply(lines: readonly Line[], edit: Edit): Line[] {
  const copy = structuredClone(lines) as Line[];
  if ("drop" in edit) copy.splice(edit.drop - 1, 1);
  else if ("repeat" in edit) copy.splice(edit.repeat, 0, copy[edit.repeat - 1]!);
  else if ("append" in edit) copy.push(edit.append);
  else if ("move" in edit) copy.splice(edit.to - 1, 0, ...copy.splice(edit.move - 1, 1));
  else if ("copy" in edit) {
    const line = structuredClone(copy[edit.copy - 1]!);
    for (const [path, value] of Object.entries(edit.set)) setAt(line, path, value);
    copy.splice(edit.to - 1, 0, line);
  } else if ("set" in edit) {
    for (const [path, value] of Object.entries(edit.set)) setAt(copy[edit.line - 1]!, path, value);
  } else {
    const log = (copy[edit.line - 1]!.logs as { data: string }[])[edit.log]!;
    const at = 2 + 64 * edit.word;
    const value = BigInt(`0x${log.data.slice(at, at + 64)}`) + BigInt(edit.add);
    log.data = `${log.data.slice(0, at)}${value.toString(16).padStart(64, "0")}${log.data.slice(at + 64)}`;
  }
  return copy;
}

function setAt(value: Line, path: string, member: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) value[key] = member;
  else setAt(value[key] as Line, rest.join("."), member);
}
