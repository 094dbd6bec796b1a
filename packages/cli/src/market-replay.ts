import { basename } from "node:path";
import { HistoryAudit, segment } from "@shortfall/audit";
import { canonicalJson, type HistoryHeader, type JournalKey, type SourceRecord } from "@shortfall/core";
import { HistoryFile, SourceError } from "@shortfall/sources";
import { type BlockRange, type MarketReplay, NewEntries } from "@shortfall/store";
import type { AdapterRegistry } from "./adapters.js";

/** A market to plan: its name, where its history is, and its blocks in ranges. */
export interface PlannedMarket {
  readonly key: JournalKey;
  readonly ranges: readonly BlockRange[];
  /** First line of the history. */
  readonly header: HistoryHeader;
}

/**
 * Reads a history once and cuts its blocks into ranges of at most `blocks` blocks; stretches without a record make no
 * range of their own.
 *
 * @throws {SourceError} it cannot be read, or its blocks do not come in order.
 */
export async function planMarket(path: string, blocks: number): Promise<PlannedMarket> {
  const file = await HistoryFile.open(path);
  const ranges: BlockRange[] = [];
  let last: number | undefined;
  let from = 0;
  try {
    for await (const record of file.records()) {
      const block = blockOf(record);
      if (block === undefined || block === last) continue;
      if (last !== undefined && block < last) throw outOfOrder(path, record, last, block);
      if (last === undefined) from = block;
      else if (block >= from + blocks) {
        ranges.push({ fromBlock: from, toBlock: last });
        from = last + 1;
      }
      last = block;
    }
  } finally {
    await file.close();
  }
  if (last !== undefined) ranges.push({ fromBlock: from, toBlock: last });
  const chain = file.chainId === undefined ? "local" : `eip155:${Number(file.chainId)}`;
  return { key: { chain, market: `${file.header.protocol}/${nameOf(path)}` }, ranges, header: file.header };
}

/** The file's name without the endings of its format. */
const nameOf = (path: string): string => basename(path).replace(/\.(jsonl|ndjson|json)(\.gz)?$/, "");

const outOfOrder = (file: string, record: SourceRecord, last: number, block: number): SourceError =>
  new SourceError({
    file,
    line:
      record.kind === "trace" ? record.line.number : "position" in record ? (record.position.line ?? 0) : 0,
    field: "block",
    expected: `block ${last} or later`,
    received: `block ${block}`,
    advice: "Ranges are cut by block; `shortfall reconcile` says what is out of order.",
  });

/** Re-executes a history file, range after range. The snapshot holds its books, never the state of the model. */
export async function openMarketReplay(path: string, adapters: AdapterRegistry): Promise<MarketReplay> {
  const file = await HistoryFile.open(path);
  try {
    const { adapter, header } = adapters.for(file.header);
    const { name, style, complete } = file;
    const history = { name, header, style, complete };
    const audit = new HistoryAudit(adapter, history, { calls: true });
    const { model } = audit;
    const entries = new NewEntries(model.journal);
    const records = new RecordsByBlock(file.records());
    return {
      header: model.journal.header,
      async advance(toBlock) {
        await audit.read(segment(history, records.upTo(toBlock)));
        const { severities, writeOffs } = audit.result();
        const books = {
          protocol: model.protocol,
          version: model.version,
          toBlock,
          pools: model.pools(),
          deficits: model.deficits.all(),
          writeOffs: writeOffs.map(({ id, reported, recomputed }) => ({ id, reported, recomputed })),
          findings: severities,
          trialBalance: model.journal.trialBalance(),
        };
        return { entries: entries.take(), snapshot: new TextEncoder().encode(canonicalJson(books)) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Hands records out block by block. */
class RecordsByBlock {
  readonly #records: AsyncIterator<SourceRecord>;
  #held: SourceRecord | undefined;

  constructor(records: AsyncIterator<SourceRecord>) {
    this.#records = records;
  }

  /** Those of blocks up to this one. */
  async *upTo(toBlock: number): AsyncGenerator<SourceRecord> {
    for (;;) {
      const record = this.#held ?? (await this.#next());
      this.#held = record;
      if (record === undefined || (blockOf(record) ?? 0) > toBlock) return;
      this.#held = undefined;
      yield record;
    }
  }

  async #next(): Promise<SourceRecord | undefined> {
    const next = await this.#records.next();
    return next.done ? undefined : next.value;
  }
}

/** Block that a record is of; undefined for one that only says what was asked for. */
function blockOf(record: SourceRecord): number | undefined {
  if (record.kind === "range") return undefined;
  return record.kind === "trace" ? Number(record.line.value.block) : record.position.block;
}
