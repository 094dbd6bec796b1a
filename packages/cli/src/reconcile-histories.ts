import { HistoryAudit, type HistoryResult, triedUnderVersions } from "@shortfall/audit";
import { type HistoryHeader, isShortfallError, type ProtocolAdapter } from "@shortfall/core";
import { SourceError } from "@shortfall/sources";
import { type FileFault, faultOf } from "./fault.js";
import { type InputReading, inputsOf, labelOf, nameOf, openInput } from "./history-inputs.js";
import type { Session } from "./session.js";

export interface ReconcileRequest extends InputReading {
  /** Histories, tables of logs, or folders of histories. */
  readonly paths: readonly string[];
  readonly calls: boolean;
  /** Takes the journals' lines as they grow, history after history. */
  readonly journal?: (text: string) => void | Promise<void>;
}

/** A file could not be read; carries the fault for machines. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";

  constructor(
    readonly fault: FileFault,
    options: ErrorOptions,
  ) {
    super(fault.message, options);
  }
}

/** Files of one history: the first, and those that say they continue it. */
interface HistoryFiles {
  readonly adapter: ProtocolAdapter;
  readonly header: HistoryHeader;
  readonly inputs: { readonly path: string; readonly name: string }[];
}

/**
 * Reconciles all histories that the paths hold. They must be of one protocol and chain: a report has one.
 *
 * @throws {UnreadableError} for the first file that cannot be read.
 */
export async function reconcileHistories(
  request: ReconcileRequest,
  session: Session,
): Promise<{ readonly results: readonly HistoryResult[]; readonly ignored: readonly string[] }> {
  const { groups, ignored } = await gather(request, session);
  const results: HistoryResult[] = [];
  for (const group of groups) {
    const prefix = groups.length === 1 ? "" : `${group.inputs[0]!.name}#`;
    const result = await runHistory(group, group.header, request, prefix, session);
    // The report holds the journal of the version that the header names.
    const { journal: _, ...silent } = request;
    const again = (header: HistoryHeader) => tryVersion(group, header, silent, prefix, session);
    results.push(await triedUnderVersions(group.adapter, group.header, result, again));
  }
  requireDistinct(results);
  return { results, ignored };
}

/** @throws {SourceError} two files hold the same bytes: every loss in them would count twice. */
function requireDistinct(results: readonly HistoryResult[]): void {
  const seen = new Map<string, string>();
  for (const { name, sha256 } of results.flatMap((result) => result.sources)) {
    const other = seen.get(sha256);
    if (other !== undefined) {
      throw new SourceError({
        file: name,
        line: 0,
        field: "files",
        expected: "each history once",
        received: `the same bytes as ${other}`,
        advice: "Name each file once.",
      });
    }
    seen.set(sha256, name);
  }
}

/** Opens every file once for its header, and sorts them into histories. */
async function gather(
  request: ReconcileRequest,
  session: Session,
): Promise<{ groups: HistoryFiles[]; ignored: string[] }> {
  const groups: HistoryFiles[] = [];
  const ignored: string[] = [];
  const names = new Map<string, number>();
  let chain: { readonly id: string; readonly path: string } | undefined;
  for (const input of await inputsOf(request.paths)) {
    const label = labelOf(input.path);
    await guarded(label, async () => {
      const file = await openInput(input, request, session);
      if (!file) {
        ignored.push(label);
        return;
      }
      await file.close();
      const { adapter, header } = session.adapters.for(file.header);
      const first = groups[0];
      if (request.protocol !== undefined && header.protocol !== request.protocol) {
        throw mixed(label, "protocol", request.protocol, header.protocol);
      }
      if (first && first.header.protocol !== header.protocol) {
        throw mixed(label, "protocol", first.header.protocol, header.protocol);
      }
      if (chain && file.chainId !== undefined && file.chainId !== chain.id) {
        throw mixed(label, "chainId", chain.id, file.chainId);
      }
      if (file.chainId !== undefined) chain ??= { id: file.chainId, path: label };
      const name = uniqueName(input.path, names);
      const last = groups[groups.length - 1];
      if (!file.continues) groups.push({ adapter, header, inputs: [{ path: input.path, name }] });
      else if (last && last.header.version === header.version) last.inputs.push({ path: input.path, name });
      else {
        throw mixed(
          label,
          "continues",
          "a file before it of the same version",
          last ? `version ${last.header.version} before version ${header.version}` : "no file before it",
        );
      }
    });
  }
  if (groups.length === 0) {
    throw new SourceError({
      file: request.paths.map(labelOf).join(", "),
      line: 0,
      field: "files",
      expected: "at least one history",
      received: `${ignored.length} files of other formats`,
      advice: "The first line of a history names its format; docs/formats/logs.md shows one.",
    });
  }
  return { groups, ignored };
}

async function runHistory(
  group: HistoryFiles,
  header: HistoryHeader,
  request: ReconcileRequest,
  prefix: string,
  session: Session,
): Promise<HistoryResult> {
  const progress = session.output.progress(group.inputs[0]!.name);
  let audit: HistoryAudit | undefined;
  try {
    for (const { path, name } of group.inputs) {
      await guarded(labelOf(path), async () => {
        const file = await openInput({ path, named: true }, request, session, name);
        if (!file) return;
        try {
          audit ??= new HistoryAudit(
            group.adapter,
            { name, header, style: file.style, complete: file.complete },
            {
              calls: request.calls,
              onTransaction: (count) => progress.update(count, "tx"),
              ...(request.journal === undefined ? {} : { journal: request.journal }),
            },
          );
          await audit.read(file);
        } finally {
          await file.close();
        }
      });
    }
    await audit?.end();
  } finally {
    progress.end();
  }
  return audit!.result(prefix);
}

/** A version whose header or lines do not fit explains nothing. */
async function tryVersion(
  group: HistoryFiles,
  header: HistoryHeader,
  request: ReconcileRequest,
  prefix: string,
  session: Session,
): Promise<HistoryResult | undefined> {
  try {
    return await runHistory(group, header, request, prefix, session);
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

async function guarded(path: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    if (!isShortfallError(error)) throw error;
    throw new UnreadableError(faultOf(error, path), { cause: error });
  }
}

const mixed = (file: string, field: string, expected: string, received: string): SourceError =>
  new SourceError({
    file,
    line: 1,
    field,
    expected,
    received,
    advice: "Reconcile one protocol and chain at a time, in the order of the history.",
  });

/** Name, numbered where several inputs have the same. */
function uniqueName(path: string, names: Map<string, number>): string {
  const name = nameOf(path);
  const count = (names.get(name) ?? 0) + 1;
  names.set(name, count);
  return count === 1 ? name : `${name}~${count}`;
}
