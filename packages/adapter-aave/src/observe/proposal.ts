import type { Step } from "../step.js";
import type { DecodedLog } from "./decoded.js";

/** An operation that might explain the logs at a boundary. */
export interface Proposal {
  readonly kind: string;
  /** Pool it belongs to: a reserve's symbol, or a stake token's. */
  readonly pool: string;
  /** Account it is about, if one. */
  readonly account?: string | undefined;
  /** Executes it; its predicted logs decide whether it is kept. */
  run(step: Step): void;
}

/** Typed reading of decoded arguments. The codec has checked the types already. */
export const argument = {
  amount(log: DecodedLog, key: string): bigint {
    const value = log.args[key];
    return typeof value === "bigint" ? value : 0n;
  },
  text(log: DecodedLog, key: string): string {
    const value = log.args[key];
    return typeof value === "string" ? value : "";
  },
  flag(log: DecodedLog, key: string): boolean {
    return log.args[key] === true;
  },
};
