import { type AssetTotals, plural } from "@shortfall/audit";
import { type FlowLink, type FlowNode, flowPicture, type LayerFill } from "../charts/index.js";
import { type DeficitWays, deficitWays } from "../deficit-ways.js";
import { foldedWays } from "../folded-ways.js";
import type { ReportView } from "../report-view.js";
import { countText, fullAmount, percent } from "../text/amount.js";
import { escapeText, plainText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** Assets whose way is drawn; the reconciliation lists all. */
const DRAWN_ASSETS = 8;

/** From which market, through which layer, to whom: asset by asset. */
export function flow(view: ReportView): string {
  const losing = view.totals.filter((row) => row.recomputed > 0n);
  if (losing.length === 0) return "";
  const drawn = losing.slice(0, DRAWN_ASSETS).map((row, index) => assetFlow(view, row, index));
  const further = losing.length - DRAWN_ASSETS;
  if (further > 0)
    drawn.push(`<p>${further} further ${plural(further, "asset")}: see the table of totals.</p>`);
  return sectionMarkup({
    id: "flow",
    question: "From where, to whom?",
    title: "The way of the deficit",
    notes: [
      "Every ribbon is as thick as the amount it carries, on one scale from market to bearer.",
      "A bearer is an account whose claim was written down, or the capital of the layer itself. What nobody bears yet is hatched.",
    ],
    content: drawn.join(""),
  });
}

function assetFlow(view: ReportView, total: AssetTotals, index: number): string {
  const { name, decimals } = view.asset(total.asset);
  const ways = foldedWays(deficitWays(view, total.asset));
  const { markets, layers, bearers } = ways;
  // One layer that everything passes needs no column: the bearers stand right of the markets.
  const [only] = layers;
  const direct =
    layers.length === 1 && bearers.every(({ parts }) => parts.every(({ market }) => market !== undefined));
  const head = `<h3>${escapeText(name)}: ${figure(total.recomputed, decimals)} from ${countText(markets.length)} ${plural(markets.length, "market")}</h3>`;
  const [market] = markets;
  const [bearer] = bearers;
  if (direct && markets.length === 1 && bearers.length === 1 && market && bearer) {
    const whom = bearer.name === only?.name ? "" : ` to ${escapeText(bearer.name)}`;
    return `<figure>${head}<p class="note lead">All of it went from ${escapeText(market.name)} through ${escapeText(only?.name ?? "")}${whom}.</p></figure>`;
  }
  const columns: FlowNode[][] = direct
    ? [[...markets], [...bearers]]
    : [[...markets], [...layers], [...bearers]];
  const toBearers = bearers.flatMap(({ parts }, to) =>
    parts.map(
      (part): FlowLink => ({
        from: direct ? (part.market ?? 0) : part.layer,
        to,
        amount: part.amount,
        fill: layers[part.layer]?.fill ?? UNCOVERED,
      }),
    ),
  );
  const toLayers = ways.toLayers.map(
    (link): FlowLink => ({ ...link, fill: layers[link.to]?.fill ?? UNCOVERED }),
  );
  const picture = flowPicture({
    id: `flow-${index}`,
    asset: name,
    decimals,
    columns,
    links: direct ? [merged(toBearers)] : [toLayers, merged(toBearers)],
    tints: layers.filter(({ fill }) => fill.kind === "depth").length,
    headings: direct
      ? ["Market", `Bearer, through ${only?.name ?? "no layer"}`]
      : ["Market", "Layer", "Bearer"],
    title: `The way of the deficit, ${name}`,
    description: `${fullAmount(total.recomputed, decimals)} ${name} from ${markets.length} ${plural(markets.length, "market")}: ${layers.map((layer) => `${percent(layer.amount, total.recomputed)} ${layer.name}`).join(", ")}. Bearers: ${bearers.map((each) => `${plainText(each.name)} ${percent(each.amount, total.recomputed)}`).join(", ")}.`,
  });
  const table = wayTable(ways, name, decimals);
  return `<figure>${head}${scroller(`The way of the deficit, ${escapeText(name)}`, picture)}<div class="wideonly">${figuresAsTable(table)}</div><div class="narrowonly">${table}</div></figure>`;
}

const UNCOVERED: LayerFill = { kind: "uncovered" };

/** Links between the same nodes are one ribbon. */
function merged(links: readonly FlowLink[]): FlowLink[] {
  const found = new Map<string, FlowLink>();
  for (const link of links) {
    const key = `${link.from} ${link.to}`;
    const before = found.get(key);
    found.set(key, before ? { ...link, amount: before.amount + link.amount } : link);
  }
  return [...found.values()];
}

function wayTable(
  { markets, layers, toLayers, bearers }: DeficitWays,
  name: string,
  decimals: number,
): string {
  const asset = escapeText(name);
  const row = (from: string, to: string, amount: bigint): string =>
    `<tr><th scope="row">${escapeText(from)}</th><td>${escapeText(to)}</td><td class="n">${figure(amount, decimals)}</td></tr>`;
  const first = toLayers.map(({ from, to, amount }) =>
    row(markets[from]?.name ?? "", layers[to]?.name ?? "", amount),
  );
  const second = bearers.flatMap((bearer) =>
    layers.flatMap((layer, k) => {
      const amount = bearer.parts.reduce((sum, each) => (each.layer === k ? sum + each.amount : sum), 0n);
      return amount > 0n ? [row(layer.name, bearer.name, amount)] : [];
    }),
  );
  return scroller(
    `Ways of the deficit as a table, ${asset}`,
    `<table class="fit"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="n">${asset}</th></tr></thead><tbody>${first.join("")}${second.join("")}</tbody></table>`,
  );
}
