import { formatAmount } from "@shortfall/math/decimal";
import type { WatchNews } from "@shortfall/sdk";

/** An event in a line for people; heads are none. */
export function watchText(news: WatchNews): string | undefined {
  if (news.type === "head") return undefined;
  if (news.type === "reorg") {
    return `block ${news.fromBlock}  reorg  events ${news.retracts.join(", ")} no longer hold`;
  }
  const pending = news.final ? "" : "  (may be taken back)";
  return `block ${news.position.block}  ${news.type}  ${detail(news)}${pending}`;
}

function detail(news: Exclude<WatchNews, { readonly type: "head" | "reorg" }>): string {
  switch (news.type) {
    case "write-off": {
      const amount = (value: bigint): string => `${formatAmount(value, news.decimals)} ${news.asset}`;
      const differs = news.difference === 0n ? "" : `, reported ${amount(news.reported)} (${news.class})`;
      return `${amount(news.recomputed)} of ${news.account}${differs}`;
    }
    case "deficit-opened":
      return `${news.amount} base units of ${news.asset}, ${news.open} open, ${news.account}`;
    case "deficit-covered":
      return `${news.amount} base units of ${news.asset}, ${news.open} still open, ${news.account}`;
    case "recovery":
      return `${news.amount} base units of ${news.asset}, ${news.recovered} so far, ${news.account}`;
    case "account-insolvent":
      return `${news.account} owes ${news.debt} against ${news.collateral} (${news.class})`;
    case "account-solvent":
      return `${news.account} owes ${news.debt} against ${news.collateral}`;
    case "finding":
      return `${news.severity}: ${news.message}`;
  }
}
