import { isShortfallError } from "@shortfall/core";
import { parseTrial, runTrial, type Trial, type TrialResult } from "@shortfall/policies";
import type { Json } from "./notation.js";

/** One layer as the document holds it. */
export interface LayerDocument {
  readonly id: string;
  readonly policy: string;
  readonly parameters: { readonly [key: string]: Json };
  readonly cap?: string;
}

export interface FundDocument {
  readonly balance: string;
  readonly floor?: string;
  readonly asset?: string;
}

export interface ClassDocument {
  readonly id: string;
  readonly assets: string;
  readonly shares?: string;
  readonly index?: { readonly value: string; readonly divisor: string };
  readonly virtual?: { readonly assets: string; readonly shares: string };
  readonly holders?: { readonly [account: string]: string };
}

/** What stands around the layers. */
export interface PoolDocument {
  readonly asset: string;
  readonly decimals: number;
  readonly cash?: string;
  readonly loans?: string;
  readonly reserves?: string;
  readonly reservesFloor?: string;
  readonly funds?: { readonly [id: string]: FundDocument };
  readonly classes?: readonly ClassDocument[];
  readonly groups?: { readonly [id: string]: { readonly [account: string]: string } };
  readonly prices?: { readonly [asset: string]: string };
}

/** Everything the playground shows: a `shortfall-trial/1` document, as `shortfall policies try` reads it. */
export interface TrialDocument {
  readonly format: "shortfall-trial/1";
  readonly waterfall: {
    readonly format: "shortfall-waterfall/1";
    readonly id: string;
    readonly version: string;
    readonly title?: string;
    readonly layers: readonly LayerDocument[];
    readonly recovery: { readonly order: string | readonly string[] };
  };
  readonly pool: PoolDocument;
  readonly loss: string;
  readonly recovered: string;
  readonly seized?: { readonly [asset: string]: string };
  readonly before?: readonly { readonly layer: string; readonly action: string; readonly input: Json }[];
}

/** What the document gives, or why it gives nothing. */
export type Run =
  | { readonly ok: true; readonly trial: Trial; readonly result: TrialResult }
  | { readonly ok: false; readonly reason: string };

/** Reads and runs the document with the real packages, exactly as the command does. */
export function runDocument(document: TrialDocument): Run {
  try {
    const trial = parseTrial(document);
    return { ok: true, trial, result: runTrial(trial) };
  } catch (error) {
    if (isShortfallError(error)) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The same document with other layers. */
export const withLayers = (document: TrialDocument, layers: readonly LayerDocument[]): TrialDocument => ({
  ...document,
  waterfall: { ...document.waterfall, layers },
});

/**
 * The waterfall with its funds, classes and groups as `shortfall whatif --waterfall` takes it. A history brings
 * its own holders: the most senior class takes whoever no other class names.
 */
export function whatIfDocument({ waterfall, pool }: TrialDocument): Json {
  const funds = Object.entries(pool.funds ?? {}).map(([id, fund]) => ({ id, ...fund }));
  const classes = (pool.classes ?? []).map(({ id, index, holders }, rank) => ({
    id,
    holders: rank === 0 ? "rest" : Object.keys(holders ?? {}),
    ...(index === undefined ? {} : { indexed: true }),
  }));
  const plain = classes.length === 1 && pool.classes?.[0]?.index === undefined;
  return {
    format: "shortfall-whatif/1",
    waterfall: waterfall as unknown as Json,
    ...(funds.length > 0 ? { funds } : {}),
    ...(classes.length > 0 && !plain ? { classes } : {}),
    ...(pool.groups ? { groups: pool.groups } : {}),
    ...(pool.prices ? { prices: pool.prices } : {}),
  };
}

/** What the playground opens with. */
export const OPENING: TrialDocument = {
  format: "shortfall-trial/1",
  waterfall: {
    format: "shortfall-waterfall/1",
    id: "playground",
    version: "1",
    layers: [
      { id: "Insurance fund", policy: "cash-fund", parameters: { fund: "insurance" } },
      { id: "Protocol reserve", policy: "reserve", parameters: {} },
      { id: "Junior tranche", policy: "tranche", parameters: { class: "junior" } },
      { id: "Lenders", policy: "pro-rata", parameters: { class: "lenders" } },
    ],
    recovery: { order: "reverse-order" },
  },
  pool: {
    asset: "USDC",
    decimals: 6,
    reserves: "60000000000",
    funds: { insurance: { balance: "25000000000" } },
    classes: [
      { id: "lenders", assets: "1676974246468" },
      { id: "junior", assets: "150000000000" },
    ],
  },
  loss: "449440968520",
  recovered: "0",
};
