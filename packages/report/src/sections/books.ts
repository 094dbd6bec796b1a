import type { PoolView } from "@shortfall/core";
import type { ReportView } from "../report-view.js";
import { countText } from "../text/amount.js";
import { escapeText } from "../text/escape.js";
import { figure, nameCode } from "../text/figure.js";
import { scroller, sectionMarkup } from "./section.js";

/** Balances and pools listed; the tables of the folder hold all. */
export const LISTED_BALANCES = 400;
const LISTED_POOLS = 100;

const POOL_COLUMNS: readonly (readonly [
  keyof PoolView &
    (
      | "cash"
      | "loans"
      | "suppliers"
      | "reserves"
      | "treasury"
      | "deficitRealised"
      | "deficitCarried"
      | "deficitLatent"
    ),
  string,
])[] = [
  ["cash", "Cash"],
  ["loans", "Loans"],
  ["suppliers", "Owed to suppliers"],
  ["reserves", "Reserves"],
  ["treasury", "Treasury"],
  ["deficitRealised", "Deficit realised"],
  ["deficitCarried", "Deficit carried"],
  ["deficitLatent", "Deficit latent"],
];

/** Whether the books close: pools at the end, and the trial balance of the journal. */
export function books(view: ReportView): string {
  const { data } = view;
  const many = data.histories.length > 1;
  const rows = data.trialBalance.slice(0, LISTED_BALANCES).map((row) => {
    const { name, decimals } = view.asset(row.commodity);
    return `<tr>${many ? `<td>${escapeText(row.history)}</td>` : ""}<td>${nameCode(row.pool)}</td><th scope="row">${escapeText(row.account)}</th><td class="n">${figure(row.balance, decimals)}</td><td>${escapeText(name)}</td></tr>`;
  });
  const beyond =
    data.trialBalance.length > LISTED_BALANCES
      ? `<p>All ${countText(data.trialBalance.length)} balances are in <code>trial-balance.csv</code>.</p>`
      : "";
  return sectionMarkup({
    id: "books",
    question: "Do the books close?",
    title: "Books",
    notes: [
      "Debits are positive. The balances of a pool sum to zero in each commodity.",
      "Below, what each pool holds and owes at the end; a deficit carried is recognised but borne by nobody yet.",
    ],
    content: `<h3>Trial balance</h3>${scroller("Trial balance", `<table id="balances"><thead><tr>${many ? '<th scope="col">History</th>' : ""}<th scope="col">Pool</th><th scope="col">Account</th><th scope="col" class="n">Balance</th><th scope="col">Commodity</th></tr></thead><tbody>${rows.join("")}</tbody></table>`)}${beyond}${pools(view)}`,
  });
}

function pools(view: ReportView): string {
  const shown = view.data.pools.slice(0, LISTED_POOLS);
  if (shown.length === 0) return "";
  const items = shown.map((pool) => {
    const { name, decimals } = view.asset(pool.asset);
    const amounts = POOL_COLUMNS.filter(([key]) => pool[key] !== 0n);
    const terms = amounts
      .map(([key, words]) => `<dt>${words}</dt><dd>${figure(pool[key], decimals)}</dd>`)
      .join("");
    return `<div class="pool"><h4>${nameCode(pool.pool)}, ${escapeText(name)}</h4><dl>${terms === "" ? "<dt>Empty</dt><dd>nothing held, nothing owed</dd>" : terms}</dl></div>`;
  });
  const further = view.data.pools.length - shown.length;
  return `<h3>Pools at the end</h3><div class="pools">${items.join("")}</div>${further > 0 ? `<p>${countText(further)} more are in <code>inputs.json</code>.</p>` : ""}`;
}
