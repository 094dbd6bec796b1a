import type { Finding, SourceRecord } from "@shortfall/core";

/** What becomes of a record: it may be executed, or it is only reported. */
export type OrderedItem =
  | { readonly kind: "record"; readonly record: SourceRecord }
  | {
      readonly kind: "finding";
      readonly finding: Finding;
      /** Whether something is now missing from the state, so that later differences may follow from it. */
      readonly breaks: boolean;
    };

/** Judges whether records come in chain order, each once, without gaps. */
export interface OrderCheck {
  /** Takes the next record of the source; returns what may be done, in chain order. */
  push(record: SourceRecord): OrderedItem[];
  /** Nothing more comes. */
  end(): OrderedItem[];
}

/** A finding about the input itself. */
export const orderFinding = (
  kind: Finding["class"],
  severity: Finding["severity"],
  message: string,
  position: Finding["position"],
  field: string,
  values: { readonly expected: string; readonly received: string },
): Finding => ({
  class: kind,
  severity,
  message,
  position,
  field,
  reported: values.received,
  recomputed: values.expected,
});
