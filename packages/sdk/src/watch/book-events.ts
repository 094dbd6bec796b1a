import { type AuditFinding, HistoryAudit, type HistoryIdentity } from "@shortfall/audit";
import type { DeficitRecord, Position, ProtocolAdapter } from "@shortfall/core";
import type { EventDraft } from "./event.js";
import { InsolvencyWatch } from "./insolvency.js";

export interface BookOptions {
  readonly calls: boolean;
  readonly solvency: boolean;
}

/**
 * Re-executes a history and says what happened in its books. The drafts follow from the records alone: the same records
 * give the same drafts in the same order, however they were handed over.
 */
export class BookEvents {
  readonly audit: HistoryAudit;
  readonly #insolvency: InsolvencyWatch | undefined;
  readonly #writeOffs = new Set<string>();
  readonly #deficits = new Map<string, DeficitRecord>();
  #drafts: EventDraft[] = [];
  #position: Position = { block: 0, timestamp: 0 };
  /** Whether a transaction was executed since solvency was last judged. */
  #moved = false;
  transactions = 0;

  /** @throws {HeaderError} */
  constructor(adapter: ProtocolAdapter, history: HistoryIdentity, options: BookOptions) {
    this.audit = new HistoryAudit(adapter, history, {
      calls: options.calls,
      beforeTransaction: (position) => this.#before(position),
      onTransaction: (count) => this.#after(count),
      onFinding: (finding) => this.#find(finding),
    });
    const { model } = this.audit;
    this.#insolvency = options.solvency ? new InsolvencyWatch(model) : undefined;
    // What stood in the books before the history began is no news.
    for (const record of model.deficits.all()) this.#deficits.set(record.id, record);
    for (const { id } of model.writeOffs()) this.#writeOffs.add(id);
    this.#insolvency?.changes(this.#position);
  }

  /** Drafts since the last time. */
  take(): EventDraft[] {
    const drafts = this.#drafts;
    this.#drafts = [];
    return drafts;
  }

  /** Nothing more comes of the block that was executed last. */
  endBlock(): void {
    if (!this.#moved) return;
    this.#moved = false;
    const { block, timestamp } = this.#position;
    this.#drafts.push(...(this.#insolvency?.changes({ block, timestamp }) ?? []));
  }

  #before(position: Position): void {
    if (position.block !== this.#position.block) this.endBlock();
    this.#position = position;
  }

  #after(transactions: number): void {
    this.#moved = true;
    this.transactions = transactions;
    this.#compareWriteOffs();
    for (const record of this.audit.model.deficits.all()) {
      const before = this.#deficits.get(record.id);
      if (before === record) continue;
      this.#deficits.set(record.id, record);
      this.#drafts.push(...deficitDrafts(before, record, this.#position));
    }
  }

  #compareWriteOffs(): void {
    const { model } = this.audit;
    if (model.writeOffs().length === this.#writeOffs.size) return;
    for (const row of this.audit.result().writeOffs) {
      if (this.#writeOffs.has(row.id)) continue;
      this.#writeOffs.add(row.id);
      const { id, pool, asset, decimals, account, reported, recomputed, difference, source } = row;
      const { layers, uncovered, class: kind } = row;
      const position: Position = {
        ...this.#position,
        ...(row.logIndex === null ? {} : { logIndex: row.logIndex }),
      };
      const amounts = { reported, recomputed, difference, class: kind, source, layers, uncovered };
      this.#drafts.push({ type: "write-off", position, id, pool, asset, decimals, account, ...amounts });
    }
  }

  #find(finding: AuditFinding): void {
    const { class: kind, severity, message, position, pool, account, field, reported, recomputed } = finding;
    this.#drafts.push({
      type: "finding",
      position,
      class: kind,
      severity,
      message,
      ...(pool === undefined ? {} : { pool }),
      ...(account === undefined ? {} : { account }),
      ...(field === undefined ? {} : { field }),
      ...(reported === undefined ? {} : { reported }),
      ...(recomputed === undefined ? {} : { recomputed }),
    });
  }
}

/** What a deficit's change means; nothing where only its bearers changed. */
function deficitDrafts(
  before: DeficitRecord | undefined,
  record: DeficitRecord,
  position: Position,
): EventDraft[] {
  const { id: deficit, pool, asset, borrower: account } = record;
  const common = { position, deficit, pool, asset, account };
  const open = openOf(record);
  if (!before) {
    return open > 0n ? [{ type: "deficit-opened", ...common, amount: record.recognised, open }] : [];
  }
  const covered = openOf(before) - open;
  const returned = record.recovered - before.recovered - (covered > 0n ? covered : 0n);
  return [
    ...(covered > 0n ? [{ type: "deficit-covered" as const, ...common, amount: covered, open }] : []),
    ...(returned > 0n
      ? [{ type: "recovery" as const, ...common, amount: returned, recovered: record.recovered }]
      : []),
  ];
}

/** What of a deficit nobody has borne: carried, or uncovered. */
function openOf({ layers, uncovered, status }: DeficitRecord): bigint {
  if (status === "reversed") return 0n;
  return layers.reduce(
    (sum, { policy, taken, restored }) => (policy === "carry" ? sum + taken - restored : sum),
    uncovered,
  );
}
