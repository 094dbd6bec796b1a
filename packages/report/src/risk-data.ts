import type { RiskResult } from "@shortfall/risk";
import { LARGEST_JOURNAL } from "./journal-text.js";

/** Name of the risk results in a report folder. */
export const RISK_DATA_NAME = "risk.json";

/** Risk results as JSON, integers as decimal text: the file of the folder and what the page carries. */
export const riskText = (risk: RiskResult): string =>
  `${JSON.stringify(risk, (_key, member) => (typeof member === "bigint" ? `${member}` : member))}\n`;

/** Whether a page carries the data; beyond, the folder's file has them and the command proves them. */
export const fitsPage = (text: string): boolean => text.length <= LARGEST_JOURNAL;

/** What the page checks of it. */
export interface PageRisk {
  readonly scenarios: readonly {
    readonly losses: readonly string[];
    readonly tail: { readonly var: string; readonly es: string; readonly index: number };
    readonly waterfalls: readonly {
      readonly id: string;
      readonly distribution: {
        readonly layers: readonly {
          readonly layer: string;
          readonly taken: readonly string[];
          readonly pathsReached: number;
          readonly pathsExhausted: number;
        }[];
        readonly uncovered: readonly string[];
        readonly pathsUncovered: number;
      };
    }[];
  }[];
}
