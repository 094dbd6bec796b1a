import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdapterRegistry, type RunOptions, run } from "@shortfall/cli";
import { toyAdapter } from "@shortfall/testing";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process, with the toy market for an adapter unless told otherwise. */
export async function shell(
  args: readonly string[],
  options: RunOptions = { adapters: new AdapterRegistry([toyAdapter]) },
): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await run(
    args,
    {
      stdout: {
        write: (text) => {
          out += text;
        },
      },
      stderr: {
        write: (text) => {
          err += text;
        },
      },
      env: {},
      now: () => 0,
    },
    options,
  );
  return { code, out, err };
}

/** The one document of a run with `--json`; throws if there is anything else on standard output. */
export async function json(
  args: readonly string[],
  options?: RunOptions,
): Promise<{ code: number; document: Record<string, unknown>; err: string }> {
  const { code, out, err } = await shell([...args, "--json"], ...(options ? [options] : []));
  return { code, document: JSON.parse(out) as Record<string, unknown>, err };
}

export const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `cli-${name}-`));

export function writeLines(path: string, lines: readonly unknown[]): string {
  writeFileSync(
    path,
    lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
  return path;
}
