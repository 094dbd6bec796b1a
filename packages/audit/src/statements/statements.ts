import { canonicalJson } from "@shortfall/core";
import { historyOf, isBlockLine, linesOf } from "../proofs/roots.js";
import { jsonArray } from "../report/json-array.js";
import type { ReportData } from "../report/report-data.js";
import { readEntry } from "./entry.js";
import { type RollForward, RollForwards } from "./roll-forward.js";
import { type ExitAvoidance, type RecoverySniping, TIMING_BLOCKS, Timing } from "./timing.js";

/** Name of the statements in a report folder. */
export const STATEMENTS_NAME = "statements.json";
export const STATEMENTS_FORMAT = "shortfall-statements/1";

/** What the books say of losses: how they moved, and who moved just before them. */
export interface Statements {
  readonly format: typeof STATEMENTS_FORMAT;
  /** Blocks looked back for exits and sniping. */
  readonly timingBlocks: number;
  readonly rollForward: readonly RollForward[];
  readonly exitAvoidance: readonly ExitAvoidance[];
  readonly recoverySniping: readonly RecoverySniping[];
}

/** Makes statements while the lines of a report's journals pass by, once its data are known. */
export class StatementBuilder {
  readonly #rollForwards: RollForwards;
  readonly #timing: Timing;
  #history = "";

  constructor(data: ReportData) {
    this.#rollForwards = new RollForwards(data);
    this.#timing = new Timing(data);
  }

  line(text: string): void {
    const header = historyOf(text);
    if (header !== undefined) this.#history = header;
    else if (!isBlockLine(text)) {
      const entry = readEntry(text);
      this.#rollForwards.entry(this.#history, entry);
      this.#timing.entry(this.#history, entry);
    }
  }

  /** No more lines. */
  end(): Statements {
    return {
      format: STATEMENTS_FORMAT,
      timingBlocks: TIMING_BLOCKS,
      rollForward: this.#rollForwards.rows(),
      exitAvoidance: this.#timing.exits(),
      recoverySniping: this.#timing.sniping(),
    };
  }
}

/** Statements of a report, from its data and the text of its journals in pieces; one pass. */
export function statementsOf(data: ReportData, journal: Iterable<string>): Statements {
  const builder = new StatementBuilder(data);
  for (const line of linesOf(journal)) builder.line(line);
  return builder.end();
}

/** Text of `statements.json`. */
export function* statementsText(statements: Statements): Generator<string> {
  const { format, timingBlocks } = statements;
  yield `{"format":${canonicalJson(format)},"timingBlocks":${timingBlocks},"rollForward":`;
  yield* jsonArray(statements.rollForward);
  yield ',"exitAvoidance":';
  yield* jsonArray(statements.exitAvoidance);
  yield ',"recoverySniping":';
  yield* jsonArray(statements.recoverySniping);
  yield "}\n";
}
