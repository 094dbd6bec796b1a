import { plural } from "@shortfall/audit";
import type { ContagionGraph, RiskResult } from "@shortfall/risk";
import { contagionPictures } from "../charts/index.js";
import { countText } from "../text/amount.js";
import { doubleFigure, labelDouble } from "../text/double.js";
import { escapeText, plainText, shortName } from "../text/escape.js";
import { nameCode } from "../text/figure.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** Vaults and markets that are drawn; the table has more, the data all. */
const DRAWN = 12;
const LISTED = 500;

/** Vaults over markets: what their shares say, what they are worth, and who backs whom. */
export function contagion(risk: RiskResult): string {
  if (risk.contagion.length === 0) return "";
  return sectionMarkup({
    id: "contagion",
    question: "What spreads?",
    title: "Contagion",
    notes: [
      "Market losses reach the vaults that own them, and through vault shares that back loans, further vaults. Prices come from the largest solution, found from face value downwards.",
      "Where a vault says more than a share is worth, whoever leaves first is paid by those who stay.",
    ],
    content: risk.contagion.map((each, index) => network(each, index)).join(""),
  });
}

function network({ title, unit, graph }: RiskResult["contagion"][number], index: number): string {
  const { vaults, markets, cycles } = graph;
  const head = `<h3>${escapeText(title)}: ${countText(vaults.length)} ${plural(vaults.length, "vault")} over ${countText(markets.length)} ${plural(markets.length, "market")}</h3>`;
  if (vaults.length === 0)
    return `<figure>${head}<p class="note lead">No vault lends to these markets.</p></figure>`;
  const late = vaults.filter(({ extractable }) => extractable > 0);
  const most = [...late].sort((a, b) => b.extractable - a.extractable)[0];
  const statement =
    most === undefined
      ? "No vault says more than a share is worth."
      : `${countText(late.length)} of ${countText(vaults.length)} ${plural(vaults.length, "vault")} ${late.length === 1 ? "says" : "say"} more than a share is worth; a run on ${escapeText(shortName(most.id))} could take out ${doubleFigure(most.extractable)}${unit === "" ? "" : ` ${escapeText(unit)}`} more than is there for it.`;
  const drawn = drawnPart(graph);
  const circles = cycles.map((cycle) => `<li class="alarm">${escapeText(circleWords(cycle))}</li>`).join("");
  const pictures = contagionPictures({
    id: `contagion-${index}`,
    ...drawn.chart,
    title: `Contagion, ${title}`,
    description: `${late.length} of ${vaults.length} vaults say more than a share is worth. ${drawn.chart.vaults.map(({ name, economicPrice, reportedPrice }) => `${name} ${reportedPrice === null ? "" : `says ${labelDouble(reportedPrice)}, `}is worth ${labelDouble(economicPrice)}`).join("; ")}. ${cycles.length === 0 ? "No circle" : cycles.map(circleWords).join(" ")}`,
  });
  const beyond = [
    drawn.vaults > 0 ? `${countText(drawn.vaults)} further ${plural(drawn.vaults, "vault")}` : "",
    drawn.markets > 0 ? `${countText(drawn.markets)} further ${plural(drawn.markets, "market")}` : "",
  ].filter((words) => words !== "");
  const undrawn =
    beyond.length === 0
      ? ""
      : `<p class="cap">${beyond.join(" and ")} ${drawn.vaults + drawn.markets === 1 ? "is" : "are"} not drawn: vaults in circles come first, then those with the largest gaps. The table has them.</p>`;
  return `<figure>${head}<p class="note lead">${statement}</p>${circles === "" ? "" : `<ul class="lead">${circles}</ul>`}${pictures}${undrawn}${figuresAsTable(tables(graph, unit))}</figure>`;
}

/** Vaults of a circle by name; a long one by its length. */
function circleWords(cycle: readonly string[]): string {
  const names = cycle.slice(0, 6).map(shortName);
  const rest = cycle.length - names.length;
  if (cycle.length === 1) return `A circle: shares of ${names[0]} back a market that it owns.`;
  return `A circle: shares of ${names.join(", ")}${rest > 0 ? ` and ${countText(rest)} more` : ""} back, one through the other, the markets they own.`;
}

interface Drawn {
  readonly chart: Pick<Parameters<typeof contagionPictures>[0], "vaults" | "markets" | "owns" | "backs">;
  /** How many are not drawn. */
  readonly vaults: number;
  readonly markets: number;
}

/** The part that says most: vaults in circles, then by what a run can take; their markets by loss. Input order decides ties. */
function drawnPart({ vaults, markets, owns, backs, cycles }: ContagionGraph): Drawn {
  const circle = new Map(cycles.flatMap((cycle, k) => cycle.map((id) => [id, k] as const)));
  const rank = (id: string): number => circle.get(id) ?? cycles.length;
  const lost = ({ economicPrice, shares, nav }: (typeof vaults)[number]): number =>
    Number.isFinite(economicPrice * shares) ? -nav : 0;
  const first = vaults
    .map((vault, k) => ({ vault, k }))
    .sort(
      (a, b) =>
        rank(a.vault.id) - rank(b.vault.id) ||
        (circle.has(a.vault.id) ? a.k - b.k : 0) ||
        b.vault.extractable - a.vault.extractable ||
        lost(a.vault) - lost(b.vault) ||
        a.k - b.k,
    )
    .slice(0, DRAWN)
    .sort((a, b) => a.k - b.k)
    .map(({ vault }) => vault);
  const places = new Map(first.map(({ id }, k) => [id, k]));
  const touched = new Set(
    [...owns, ...backs].filter(({ vault }) => places.has(vault)).map(({ market }) => market),
  );
  const second = markets
    .map((market, k) => ({ market, k }))
    .sort(
      (a, b) =>
        Number(touched.has(b.market.id)) - Number(touched.has(a.market.id)) ||
        b.market.face - b.market.value - (a.market.face - a.market.value) ||
        a.k - b.k,
    )
    .slice(0, DRAWN)
    .sort((a, b) => a.k - b.k)
    .map(({ market }) => market);
  const marketPlaces = new Map(second.map(({ id }, k) => [id, k]));
  const owners = new Map<string, Set<string>>();
  for (const { vault, market } of owns) owners.set(market, (owners.get(market) ?? new Set()).add(vault));
  return {
    vaults: vaults.length - first.length,
    markets: markets.length - second.length,
    chart: {
      vaults: first.map(({ id, economicPrice, reportedPrice }) => ({
        name: plainText(shortName(id)),
        economicPrice,
        reportedPrice,
      })),
      markets: second.map(({ id, face, value }) => ({ name: plainText(shortName(id)), face, value })),
      owns: owns.flatMap(({ vault, market, fraction }) => {
        const [from, to] = [places.get(vault), marketPlaces.get(market)];
        return from === undefined || to === undefined
          ? []
          : [{ vault: from, market: to, amount: fraction * (second[to]?.face ?? 0) }];
      }),
      backs: backs.flatMap(({ vault, market }) => {
        const [from, to] = [places.get(vault), marketPlaces.get(market)];
        if (from === undefined || to === undefined) return [];
        const turn = circle.get(vault);
        return [
          {
            vault: from,
            market: to,
            circular:
              turn !== undefined &&
              [...(owners.get(market) ?? [])].some((owner) => circle.get(owner) === turn),
          },
        ];
      }),
    },
  };
}

function tables({ vaults, markets, owns, backs }: ContagionGraph, unit: string): string {
  const inUnit = unit === "" ? "" : `, ${escapeText(unit)}`;
  const names = (list: readonly string[]): string =>
    list.length === 0
      ? "none"
      : list
          .slice(0, 4)
          .map((id) => escapeText(shortName(id)))
          .join(", ") + (list.length > 4 ? ` and ${countText(list.length - 4)} more` : "");
  const owned = byVault(owns);
  const backed = byVault(backs);
  const vaultRows = vaults
    .slice(0, LISTED)
    .map(
      ({ id, reportedPrice, economicPrice, extractable }) =>
        `<tr><th scope="row">${nameCode(id)}</th><td class="n">${reportedPrice === null ? "what it is worth" : doubleFigure(reportedPrice)}</td><td class="n">${doubleFigure(economicPrice)}</td><td class="n">${doubleFigure(extractable)}</td><td>${names(owned.get(id) ?? [])}</td><td>${names(backed.get(id) ?? [])}</td></tr>`,
    );
  const marketRows = markets
    .slice(0, LISTED)
    .map(
      ({ id, face, value }) =>
        `<tr><th scope="row">${nameCode(id)}</th><td class="n">${doubleFigure(face)}</td><td class="n">${doubleFigure(value)}</td><td class="n">${doubleFigure(face - value)}</td></tr>`,
    );
  const further = Math.max(0, vaults.length - LISTED) + Math.max(0, markets.length - LISTED);
  return `${scroller("Vaults", `<table><thead><tr><th scope="col">Vault</th><th scope="col" class="n">A share says</th><th scope="col" class="n">is worth</th><th scope="col" class="n">A run can take${inUnit}</th><th scope="col">Owns of</th><th scope="col">Its shares back</th></tr></thead><tbody>${vaultRows.join("")}</tbody></table>`)}${scroller("Markets", `<table><thead><tr><th scope="col">Market</th><th scope="col" class="n">Face value${inUnit}</th><th scope="col" class="n">Left</th><th scope="col" class="n">Lost</th></tr></thead><tbody>${marketRows.join("")}</tbody></table>`)}${further > 0 ? `<p>${countText(further)} further rows are in <code>risk.json</code>.</p>` : ""}`;
}

function byVault(
  edges: readonly { readonly vault: string; readonly market: string }[],
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { vault, market } of edges) {
    const list = found.get(vault);
    if (list) list.push(market);
    else found.set(vault, [market]);
  }
  return found;
}
