import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type FollowedSource, isShortfallError } from "@shortfall/core";
import { eventLine, forgetfulLog, type WatchNews, watch } from "@shortfall/sdk";
import { FollowedFile, FollowedNode, historyHeader, httpEndpoint, readHeaderFile } from "@shortfall/sources";
import { type Command, Option } from "commander";
import { faultOf } from "../fault.js";
import { CHECKS, checkOf, type NodeOptions, readRange } from "../node-history.js";
import { UnreadableError } from "../reconcile-histories.js";
import type { Session } from "../session.js";
import { WatchState } from "../watch-state.js";
import { watchText } from "../watch-text.js";

interface WatchCommandOptions extends NodeOptions {
  readonly state?: string;
  readonly pending?: boolean;
  readonly confirmations?: string;
  readonly interval?: string;
  readonly once?: boolean;
  readonly calls: boolean;
  readonly solvency: boolean;
}

/** Events printed before it is written down that they were. */
const MARK_EVERY = 64;

export function addWatch(program: Command, session: Session): void {
  program
    .command("watch")
    .summary("follow a chain or a growing file and tell what happens in its books")
    .description(
      "Follows a file of plain logs or a trace that somebody appends to, or a node; keeps the books current and\n" +
        "tells write-offs, deficits opened and covered, recoveries, accounts that became insolvent, and findings.\n" +
        "Prints lines of JSON with --json or where standard output is no terminal.",
    )
    .argument("[file]", "the growing history; none with --rpc")
    .option("--state <folder>", "keep what was told there, and go on after it at the next start")
    .option("--protocol <name>", "the protocol, where the header names none")
    .option("--rpc <url>", "follow a node instead of a file")
    .option("--header <file>", "header of the history on the node")
    .option("--address <contracts...>", "contracts to read, where the header's rpc.addresses names none")
    .option("--from-block <number>", "first block, instead of the header's rpc.fromBlock")
    .option("--confirmations <blocks>", "what counts as final, instead of the node's finalised block")
    .option(
      "--pending",
      "tell of blocks that are not final as well; a reorg event takes back what did not last",
    )
    .addOption(new Option("--check <how>", "that no log is missing").choices(CHECKS).default("none"))
    .option("--second-rpc <url>", "the other node for --check second")
    .option("--interval <seconds>", "between looks for more; half a second for files, four for nodes")
    .option("--once", "end at the present end instead of waiting for more")
    .option("--no-calls", "read no call; take such lines over from the record and report them")
    .option("--no-solvency", "judge no accounts, which looks at every borrower once a block")
    .addHelpText(
      "after",
      "\nExit code: 0 it ended in good order · 1 something told differs or was not read · 2 it cannot go on" +
        "\n\nExamples:" +
        "\n  shortfall watch logs.jsonl --state watching" +
        "\n  shortfall watch --rpc http://127.0.0.1:8545 --header header.jsonl --state watching --pending",
    )
    .action((file: string | undefined, options: WatchCommandOptions) => run(file, options, session));
}

async function run(path: string | undefined, options: WatchCommandOptions, session: Session): Promise<void> {
  if ((path === undefined) === (options.rpc === undefined))
    session.usage("Name one file, or a node with --rpc.");
  session.output.stream();
  // A node's logs are kept beside the state, or for as long as the command runs.
  const temporary =
    options.state === undefined && options.rpc !== undefined
      ? await mkdtemp(join(tmpdir(), "shortfall-watch-"))
      : undefined;
  const folder = temporary ?? (options.state === undefined ? undefined : resolve(options.state));
  try {
    await follow(path, options, folder, session);
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    throw new UnreadableError(faultOf(error, path ?? "--rpc"), { cause: error });
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

async function follow(
  path: string | undefined,
  options: WatchCommandOptions,
  folder: string | undefined,
  session: Session,
): Promise<void> {
  const file = path === undefined ? undefined : await openFile(path, options, folder, session);
  const source = file ?? (await openNode(options, folder!, session));
  const { adapter } = session.adapters.for(source.header);
  const state = folder === undefined ? undefined : await WatchState.open(folder, source.header);
  session.output.line(
    `Following ${path ?? "the node"} (${adapter.title}).${options.once ? "" : " Ctrl-C ends it."}`,
  );
  let next = state?.delivered ?? 0;
  let marked = next;
  const mark = async (): Promise<void> => {
    await session.flushed();
    await state?.mark(next, file?.place);
    marked = next;
  };
  const watching = watch(source, {
    adapter,
    log: state ?? forgetfulLog(),
    from: next,
    calls: options.calls,
    solvency: options.solvency,
    signal: session.stopSignal(),
  });
  try {
    for await (const news of watching) {
      print(news, session);
      if (news.type === "head") await mark();
      else {
        next = news.sequence + 1;
        if (next - marked >= MARK_EVERY) await mark();
        if (differs(news)) session.exitCode = 1;
      }
    }
    await mark();
  } catch (error) {
    // The file may be another than the one that was watched before: its place is not kept.
    await session.flushed();
    await state?.mark(next);
    throw error;
  } finally {
    await state?.close();
  }
}

function print(news: WatchNews, { output }: Session): void {
  output.record(eventLine(news));
  const text = watchText(news);
  if (text !== undefined) output.line(text);
}

const differs = (news: WatchNews): boolean =>
  (news.type === "finding" && news.severity !== "note") ||
  (news.type === "write-off" && news.difference !== 0n);

async function openFile(
  path: string,
  options: WatchCommandOptions,
  folder: string | undefined,
  session: Session,
): Promise<FollowedFile> {
  const interval = intervalOf(options, session);
  const expected = folder === undefined ? undefined : await WatchState.placeOf(folder);
  return FollowedFile.open(path, {
    once: options.once === true,
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
    ...(interval === undefined ? {} : { interval }),
    ...(expected === undefined ? {} : { expected }),
  });
}

async function openNode(
  options: WatchCommandOptions,
  folder: string,
  session: Session,
): Promise<FollowedSource> {
  const { rpc, header: path, secondRpc, confirmations } = options;
  if (rpc === undefined || path === undefined) return session.usage("--rpc and --header are given together.");
  const verify = checkOf(options, session);
  const given = await readHeaderFile(path);
  if (given.besides.length > 0) session.usage(`${path} holds more than a header; a watch reads logs only.`);
  const { header } = session.adapters.for(historyHeader(given, options.protocol));
  const { addresses, fromBlock } = readRange(header, path, options);
  const interval = intervalOf(options, session);
  if (verify === "none") session.output.warn("whether the node leaves out logs is not checked; see --check.");
  return FollowedNode.open({
    transport: httpEndpoint(rpc),
    header,
    addresses,
    fromBlock,
    file: join(folder, "history.jsonl"),
    verify,
    touches: verify === "receipts",
    pending: options.pending === true,
    once: options.once === true,
    onTrouble: (error) => session.output.warn(error.message),
    ...(secondRpc === undefined ? {} : { second: httpEndpoint(secondRpc) }),
    ...(confirmations === undefined ? {} : { final: { confirmations: depthOf(confirmations, session) } }),
    ...(interval === undefined ? {} : { interval }),
  });
}

/** Milliseconds; undefined for the source's own. */
function intervalOf({ interval }: WatchCommandOptions, session: Session): number | undefined {
  if (interval === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,3})?$/.test(interval) && Number(interval) > 0) return Number(interval) * 1000;
  return session.usage(`--interval is a number of seconds above 0, not "${interval}".`);
}

function depthOf(text: string, session: Session): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return session.usage(`--confirmations is a number of blocks, not "${text}".`);
}
