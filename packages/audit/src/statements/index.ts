export type { StatementEntry } from "./entry.js";
export type { RollForward } from "./roll-forward.js";
export * from "./statements.js";
export { type ExitAvoidance, type RecoverySniping, TIMING_BLOCKS } from "./timing.js";
