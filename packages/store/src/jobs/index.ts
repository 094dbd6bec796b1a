export * from "./errors.js";
export { MarketRuns, type MarketRunsOptions } from "./market-runs.js";
export { NewEntries } from "./new-entries.js";
export { type FailingJob, jobKeyOf, openQueue, type ReplayJob, type ReplayQueue } from "./queue.js";
export { type AppliedRange, type BlockRange, type PlannedRange, RangePlan } from "./range-plan.js";
export type { MarketReplay, OpenReplay, RangeOutcome } from "./replay.js";
export { type JobResult, type JobWorker, startWorker, type WorkerOptions } from "./worker.js";
