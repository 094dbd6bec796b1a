import type { ChainLog, ChainTransaction, Position, RecordedCall, SourceRecord } from "@shortfall/core";

/** A record that stands for itself, once logs have been gathered into transactions. */
export type Step =
  | { readonly kind: "transaction"; readonly transaction: ChainTransaction }
  | Extract<SourceRecord, { readonly kind: "trace" | "checkpoint" | "range" }>;

const NO_STEPS: readonly Step[] = [];

/** Gathers consecutive logs of a transaction, with the call before them; everything else passes through. */
export class TransactionGrouping {
  #position: Position | undefined;
  #logs: ChainLog[] = [];
  #call: { readonly transaction: string | undefined; readonly call: RecordedCall } | undefined;

  push(record: SourceRecord): readonly Step[] {
    switch (record.kind) {
      case "log":
        return this.#log(record);
      case "call":
        return this.#flush(() => {
          this.#call = { transaction: record.position.transaction, call: record.call };
        });
      case "price":
        return [...this.#flush(), silent(record.position, { prices: [record.update] })];
      case "touch":
        return [...this.#flush(), silent(record.position, { touched: record.addresses })];
      default:
        return [...this.#flush(), record];
    }
  }

  end(): Step[] {
    return this.#flush();
  }

  #log(record: SourceRecord & { readonly kind: "log" }): readonly Step[] {
    const { block, transaction } = record.position;
    if (this.#position?.block === block && this.#position.transaction === transaction) {
      this.#logs.push(record.log);
      return NO_STEPS;
    }
    const steps = this.#flush();
    const { logIndex: _, ...position } = record.position;
    this.#position = position;
    this.#logs.push(record.log);
    return steps;
  }

  #flush(then?: () => void): Step[] {
    const position = this.#position;
    const logs = this.#logs;
    this.#position = undefined;
    this.#logs = [];
    if (!position) {
      then?.();
      return [];
    }
    const call = this.#call?.transaction === position.transaction ? this.#call?.call : undefined;
    this.#call = undefined;
    then?.();
    return [
      {
        kind: "transaction",
        transaction: {
          position,
          logs,
          reverted: false,
          touched: [],
          prices: [],
          ...(call === undefined ? {} : { readCall: () => call }),
        },
      },
    ];
  }
}

const silent = (
  position: Position,
  content: Partial<Pick<ChainTransaction, "prices" | "touched">>,
): Step => ({
  kind: "transaction",
  transaction: { position, logs: [], reverted: false, touched: [], prices: [], ...content },
});
