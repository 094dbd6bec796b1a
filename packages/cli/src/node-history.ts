import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type FieldFailure, Fields, isShortfallError } from "@shortfall/core";
import {
  type Download,
  downloadHistory,
  historyHeader,
  httpEndpoint,
  type ImplementationChange,
  type RpcCheckpoint,
  type RpcPriceFeed,
  RpcRequestFault,
  type RpcTokens,
  type RpcVerification,
  readCheckpoints,
  readImplementations,
  readPriceFeeds,
  SourceError,
} from "@shortfall/sources";
import { faultOf } from "./fault.js";
import { chooseHeader, withVersion } from "./market-choice.js";
import { UnreadableError } from "./reconcile-histories.js";
import type { Session } from "./session.js";

/** Options of a command that reads a node, as the command line has them. */
export interface NodeOptions {
  readonly protocol?: string;
  readonly rpc?: string;
  readonly header?: string;
  readonly market?: string;
  readonly markets?: string;
  readonly address?: readonly string[];
  readonly fromBlock?: string;
  readonly toBlock?: string;
  readonly check?: string;
  readonly secondRpc?: string;
  readonly save?: string;
}

/** A history that was read from a node into a file. */
export interface NodeHistory {
  readonly path: string;
  readonly download: Download;
  /** Which code the market's proxies ran, where the header names proxies. */
  readonly implementations: readonly ImplementationChange[];
  /** Removes the file unless it was asked for. */
  readonly release: () => Promise<void>;
}

/** Ways to check that a node left out no log. */
export const CHECKS: readonly RpcVerification[] = ["none", "bloom", "receipts", "second"];

/**
 * Reads a history from a node into a file: the one asked for, or one that lasts as long as the command.
 *
 * @throws {UnreadableError} the header or the node cannot be read.
 */
export async function readNode(options: NodeOptions, session: Session): Promise<NodeHistory> {
  const { rpc, secondRpc } = options;
  const path = options.header ?? (options.market === undefined ? undefined : `--market ${options.market}`);
  if (rpc === undefined || path === undefined) {
    session.usage("--rpc is given together with --header, --market or both.");
  }
  const verify = checkOf(options, session);
  const folder = options.save === undefined ? await mkdtemp(join(tmpdir(), "shortfall-")) : undefined;
  const file = folder === undefined ? resolve(options.save!) : join(folder, "node.jsonl");
  const release = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  const progress = session.output.progress("reading blocks");
  // Rate and rest are of this run, not of one that it goes on from.
  let first: number | undefined;
  try {
    const chosen = (await chooseHeader(options, session))!;
    const from = readRange(chosen.value, path, options);
    const { fromBlock } = from;
    const given = await withVersion(chosen, { url: rpc, fromBlock, market: options.market });
    const { adapter, header } = session.adapters.for(historyHeader(given, options.protocol));
    // What it lacks is better known before a long reading than after.
    adapter.open(header);
    const download = await downloadHistory({
      transport: httpEndpoint(rpc),
      header,
      ...from,
      besides: given.besides,
      verify,
      touches: verify === "receipts",
      ...(secondRpc === undefined ? {} : { second: httpEndpoint(secondRpc) }),
      file,
      signal: session.stopSignal(),
      onPage: ({ nextBlock, toBlock }) => {
        first ??= nextBlock;
        progress.update((nextBlock - first) & ~15, "blocks", toBlock + 1 - first);
      },
    });
    progress.end();
    const implementations = await implementationsOf(rpc, from.proxies, download, session);
    if (verify === "none") {
      session.output.warn(
        "whether the node left out logs was not checked beyond re-execution; --check receipts does.",
      );
    }
    return { path: file, download, implementations, release };
  } catch (error) {
    progress.end();
    await release();
    if (!isShortfallError(error)) throw error;
    throw new UnreadableError(faultOf(error, error.code === "SF_HEADER" ? path : "--rpc"), { cause: error });
  }
}

/** The register of implementations over the blocks that were read; a change is said, for the header has one version. */
async function implementationsOf(
  url: string,
  proxies: readonly string[],
  { fromBlock, toBlock }: Download,
  session: Session,
): Promise<readonly ImplementationChange[]> {
  if (proxies.length === 0) return [];
  try {
    const changes = await readImplementations({ transport: httpEndpoint(url), proxies, fromBlock, toBlock });
    for (const { address, implementation, sinceBlock } of changes) {
      if (sinceBlock === fromBlock) continue;
      session.output.warn(
        `${address} runs other code from block ${sinceBlock} on, ${implementation}: end this history before it, and begin another with the header of that version.`,
      );
    }
    return changes;
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    session.output.warn(`whether contracts changed their code was not checked: ${error.message}`);
    return [];
  }
}

/** The check that the options ask for. @throws {UsageError} they do not fit together. */
export function checkOf({ rpc, secondRpc, check = "none" }: NodeOptions, session: Session): RpcVerification {
  for (const url of [rpc, secondRpc]) {
    if (url !== undefined && !/^https?:\/\//.test(url))
      session.usage(
        "Addresses of nodes begin with http:// or https://; a chain id stands for a node that the configuration names.",
      );
  }
  const verify = CHECKS.find((known) => known === check);
  if (verify === undefined) return session.usage(`--check is one of: ${CHECKS.join(", ")}.`);
  if ((verify === "second") !== (secondRpc !== undefined)) {
    session.usage("--check second and --second-rpc are given together.");
  }
  return verify;
}

interface NodeRange {
  readonly addresses: readonly string[];
  readonly fromBlock: number;
  readonly end?: { readonly block: number };
  readonly checkpoints: readonly RpcCheckpoint[];
  readonly tokens?: RpcTokens;
  readonly prices: readonly RpcPriceFeed[];
  readonly proxies: readonly string[];
}

/** What to read: from the command line, else from the header's `rpc`. */
export function readRange(
  header: Readonly<Record<string, unknown>>,
  path: string,
  options: NodeOptions,
): NodeRange {
  const failure: FieldFailure = (field, expected, received) =>
    new SourceError({
      file: path,
      line: 1,
      field,
      expected,
      received,
      advice: "Give it there, or as --address, --from-block and --to-block.",
    });
  const inHeader = new Fields(header, "", failure);
  const own = inHeader.has("rpc") ? inHeader.object("rpc") : new Fields({}, "rpc", failure);
  const blockOf = (flag: string, text: string | undefined, key: string): number => {
    const value: unknown = text ?? own.raw(key);
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    if (text !== undefined) throw new RpcRequestFault(flag, "a block number", text);
    throw failure(`rpc.${key}`, "a block number", value === undefined ? "nothing" : JSON.stringify(value));
  };
  const addresses = options.address ?? own.strings("addresses");
  const fromBlock = blockOf("--from-block", options.fromBlock, "fromBlock");
  const bounded = options.toBlock !== undefined || own.has("toBlock");
  return {
    addresses,
    fromBlock,
    prices: own.has("prices") ? readPriceFeeds(own.objects("prices"), failure) : [],
    proxies: own.has("proxies") ? own.strings("proxies") : [],
    ...(own.has("tokens") ? { tokens: tokensOf(own.object("tokens")) } : {}),
    checkpoints: own.has("checkpoints") ? readCheckpoints(own.objects("checkpoints"), failure) : [],
    ...(bounded ? { end: { block: blockOf("--to-block", options.toBlock, "toBlock") } } : {}),
  };
}

/** Every token where it names none. */
const tokensOf = (tokens: Fields): RpcTokens => ({
  addresses: tokens.has("addresses") ? tokens.strings("addresses") : [],
  holders: tokens.strings("holders"),
});
