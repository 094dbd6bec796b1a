import type { JournalKey } from "@shortfall/core";

/** Recorded markets to replay. */
export const MARKETS: readonly { readonly key: JournalKey; readonly source: string }[] = [
  "01-usdc-standard",
  "02-crash-cascade",
  "03-weth-base",
  "04-dust",
  "05-near-limits",
  "06-high-utilisation",
  "07-reserves-negative",
  "08-five-collaterals",
].map((name) => ({ key: { chain: "recorded", market: name }, source: `${name}.jsonl.gz` }));
