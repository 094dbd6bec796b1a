import type { Fields } from "@shortfall/core";
import { runFixed48Bank, runIndexWritedown } from "./index-cases.js";
import { runLayered } from "./layered.js";
import { runPerpetualBankruptcy } from "./open-interest.js";
import { runStack } from "./stack.js";
import { runTotals } from "./totals.js";
import { runTranchesSequential } from "./tranches.js";

/** Each mechanism of the worked cases: from its inputs to what it expects, run through the catalogue. */
export const MECHANISMS: Readonly<Record<string, (inputs: Fields) => unknown>> = {
  stack: runStack,
  layered: runLayered,
  tranches_seq: runTranchesSequential,
  totals: runTotals,
  index_wd: runIndexWritedown,
  q48bank: runFixed48Bank,
  drift_perp: runPerpetualBankruptcy,
};
