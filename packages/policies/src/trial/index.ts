export { TrialError } from "./errors.js";
export { readTrialPool, type TrialPool } from "./pool.js";
export { parseTrial, runTrial, type Trial, type TrialAction, type TrialResult } from "./trial.js";
