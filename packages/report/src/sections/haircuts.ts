import { plural } from "@shortfall/audit";
import { barPictures, type Distribution, distributionOf, distributionPictures } from "../charts/index.js";
import type { HolderLoss } from "../holders.js";
import type { ReportView } from "../report-view.js";
import { countText, percent } from "../text/amount.js";
import { escapeText, shortName } from "../text/escape.js";
import { figure, nameCode } from "../text/figure.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** Holders named in the bars, and rows of the table before the script draws all. */
const NAMED = 10;
const STATIC_ROWS = 20;
/** Assets whose losses are drawn. */
const DRAWN = 8;

/** How the losses fell on holders: bars of the largest, distribution, and the table of all. */
export function haircuts(view: ReportView, embedded: number): string {
  const { rows } = view.holders;
  if (rows.length === 0) return "";
  const groups = groupsOf(rows);
  const drawn = groups
    .filter((group) => group.loss > 0n)
    .slice(0, DRAWN)
    .map((group, index) => groupFigures(view, group, index));
  return sectionMarkup({
    id: "holders",
    question: "How hard, how evenly?",
    title: "Haircuts",
    notes: [
      "The largest losses first, then how many holders lost how much: each column is one power of ten.",
      ...(rows.some((row) => row.basis === "implied")
        ? [
            "Implied losses stand apart: those claims were not written down; the rows show what each would lose if all bore it alike.",
          ]
        : []),
      ...(new Set(rows.map((row) => row.pool)).size > 1
        ? ["An account with claims on two pools is counted in each."]
        : []),
    ],
    content: `${drawn.join("")}${holderTable(view, embedded)}`,
  });
}

interface HolderGroup {
  readonly asset: string;
  readonly basis: HolderLoss["basis"];
  readonly rows: readonly HolderLoss[];
  readonly loss: bigint;
}

function groupsOf(rows: readonly HolderLoss[]): HolderGroup[] {
  const groups = new Map<
    string,
    { asset: string; basis: HolderLoss["basis"]; rows: HolderLoss[]; loss: bigint }
  >();
  for (const row of rows) {
    const key = `${row.asset}\u0000${row.basis}`;
    const group = groups.get(key) ?? { asset: row.asset, basis: row.basis, rows: [], loss: 0n };
    group.rows.push(row);
    group.loss += row.loss;
    groups.set(key, group);
  }
  return [...groups.values()];
}

function groupFigures(view: ReportView, group: HolderGroup, index: number): string {
  const { name, decimals } = view.asset(group.asset);
  const realised = group.basis === "realised";
  const losing = group.rows.filter((row) => row.loss > 0n);
  const top = losing.slice(0, NAMED);
  const rest = losing.length - top.length;
  const topLoss = top.reduce((sum, row) => sum + row.loss, 0n);
  const pools = new Set(group.rows.map((row) => row.pool)).size;
  const bars = barPictures({
    id: `bearers-${index}`,
    decimals,
    whole: group.loss,
    bars: [
      ...top.map((row) => ({
        name: pools > 1 ? `${shortName(row.account)} in ${shortName(row.pool)}` : shortName(row.account),
        amount: row.loss,
      })),
      ...(rest > 0
        ? [{ name: `${countText(rest)} ${plural(rest, "other")}`, amount: group.loss - topLoss }]
        : []),
    ],
    title: `Largest losses, ${name}`,
    description: `${top.length} of ${losing.length} holders bear ${percent(topLoss, group.loss)} of the loss.`,
  });
  const distribution = distributionOf(group.rows.map((row) => row.loss));
  const few = concentration(losing, group.loss);
  const shape =
    group.rows.length < 5
      ? ""
      : `${distributionPictures({
          id: `distribution-${index}`,
          asset: name,
          decimals,
          distribution,
          title: `Distribution of losses, ${name}`,
          description: `${losing.length} holders with a loss, ${distribution.none} without. ${few}`,
        })}${figuresAsTable(distributionTable(distribution, name, decimals))}`;
  const verb = realised ? "lost" : "would lose";
  return `<figure><h3>${escapeText(name)}: ${countText(losing.length)} ${plural(losing.length, "holder")} ${verb} ${figure(group.loss, decimals)}</h3><p class="note lead">${escapeText(few)}</p>${dustWords(view, group)}${bars}${shape}</figure>`;
}

/** What rounding left, and who keeps it. */
function dustWords(view: ReportView, { asset, basis }: HolderGroup): string {
  const totals = view.holders.totals.filter((total) => total.asset === asset && total.basis === basis);
  const dust = totals.reduce((sum, total) => sum + total.dust, 0n);
  if (dust === 0n) return "";
  const { decimals } = view.asset(asset);
  const owners = [...new Set(totals.flatMap((total) => total.dustOwners))].sort().map(escapeText).join(", ");
  return `<p class="cap lead">Rounding left ${figure(dust, decimals)} beside it, with ${owners}.</p>`;
}

/** The smallest number of holders that bear at least half of the loss. */
function concentration(losing: readonly HolderLoss[], loss: bigint): string {
  let sum = 0n;
  let count = 0;
  while (count < losing.length && 2n * sum < loss) sum += losing[count++]?.loss ?? 0n;
  return count === losing.length && count === 1
    ? "One holder bears all of it."
    : `${percent(sum, loss)} of the loss fell on ${countText(count)} of ${countText(losing.length)} holders.`;
}

const distributionTable = ({ none, bins }: Distribution, name: string, decimals: number): string =>
  scroller(
    `Distribution of losses, ${escapeText(name)}`,
    `<table><thead><tr><th scope="col" class="n">From, ${escapeText(name)}</th><th scope="col" class="n">Holders</th><th scope="col" class="n">Loss, ${escapeText(name)}</th></tr></thead><tbody>${none > 0 ? `<tr><th scope="row" class="n">no loss</th><td class="n">${countText(none)}</td><td class="n">${figure(0n, decimals)}</td></tr>` : ""}${bins
      .map(
        (bin) =>
          `<tr><th scope="row" class="n">${figure(10n ** BigInt(bin.power), decimals)}</th><td class="n">${countText(bin.holders)}</td><td class="n">${figure(bin.loss, decimals)}</td></tr>`,
      )
      .join("")}</tbody></table>`,
  );

function holderTable(view: ReportView, embedded: number): string {
  const { rows } = view.holders;
  const count = `${countText(rows.length)} ${plural(rows.length, "row")}`;
  const shown = rows.slice(0, STATIC_ROWS).map((row, index) => {
    const { name, decimals } = view.asset(row.asset);
    return `<tr aria-rowindex="${index + 2}"><td>${nameCode(row.account)}</td><td class="wideonly">${nameCode(row.pool)}</td><td class="wideonly">${escapeText(shortName(row.bearer))}${row.basis === "implied" ? " (implied)" : ""}</td><td class="n wideonly">${countText(row.writeOffs)}</td><td class="n">${figure(row.loss, decimals)}</td><td>${escapeText(name)}</td></tr>`;
  });
  const heads = [
    ["account", "Account", ""],
    ["pool", "Pool", "wideonly"],
    ["bearer", "Layer", "wideonly"],
    ["writeOffs", "Write-offs", "n wideonly"],
    ["loss", "Loss", "n"],
  ]
    .map(
      ([key, words, kind]) =>
        `<th scope="col"${kind === "" ? "" : ` class="${kind}"`}${key === "loss" ? ' aria-sort="descending"' : ""} data-sort="${key}">${words}</th>`,
    )
    .join("");
  const beyond =
    embedded < rows.length
      ? `<p>The page holds the ${countText(embedded)} largest; all ${countText(rows.length)} are in <code>haircuts.csv</code>.</p>`
      : "";
  const first = `The first ${STATIC_ROWS} of ${count}; all are in <code>haircuts.csv</code>.`;
  const unscripted =
    rows.length > STATIC_ROWS ? `<p class="unscripted">${first}</p><p class="printed">${first}</p>` : "";
  return `<h3 id="holder-table">All holders</h3><div class="filter scripted"><label for="holder-filter">Account, pool, layer or asset</label><input id="holder-filter" type="search" autocomplete="off" spellcheck="false"><p id="holder-count" role="status" aria-live="polite">${count}</p></div>${scroller("All holders", `<table id="holder-rows" aria-rowcount="${rows.length + 1}"><thead><tr aria-rowindex="1">${heads}<th scope="col">Asset</th></tr></thead><tbody>${shown.join("")}</tbody></table>`, "tall")}${unscripted}${beyond}`;
}
