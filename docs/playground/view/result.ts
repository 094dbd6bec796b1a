import { describeWaterfall } from "@shortfall/core";
import { escapeText, figure, fullAmount, percent } from "@shortfall/report";
import type { Run } from "../document.js";
import { NATIVES, runNative } from "../natives.js";
import { type Outcome, outcomeOf, sentence } from "../outcome.js";
import { smallTower, towerPictures, useOf } from "../tower.js";
import { element } from "./element.js";

/** Hatches of what nobody bears; the drawings of the page refer to them. */
const PATTERNS =
  '<svg class="defs" aria-hidden="true" width="0" height="0"><defs><pattern id="level" width="6" height="6" patternUnits="userSpaceOnUse"><path class="level" d="M0 3H6"/></pattern><pattern id="slant" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="slant" d="M0 3H6"/></pattern></defs></svg>';

/** The right side of the page: the sentence, the tower, who bears it, who gets back, the same loss elsewhere. */
export class Result {
  readonly node = element("div", { class: "result" });
  readonly #sentence = element("p", { class: "sentence", "aria-live": "polite" });
  readonly #fault = element("p", { class: "fault", role: "alert", hidden: true });
  readonly #tower = element("div", { class: "tower" });
  readonly #table = element("tbody");
  readonly #total = element("tfoot");
  readonly #back = element("div", { class: "back" });
  readonly #elsewhere = element("div", { class: "elsewhere" });
  readonly #words = element("pre", {
    class: "words",
    tabindex: "0",
    "aria-label": "The waterfall in plain words",
  });

  constructor() {
    const heads = ["layer", "who bears it", "use", "takes", "of the loss", "gets back"];
    const table = element(
      "table",
      {},
      element("caption", {}, "Figures as a table, to the last unit"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...heads.map((head, at) => element("th", { scope: "col", class: at > 2 && "n" }, head)),
        ),
      ),
      this.#table,
      this.#total,
    );
    const scroller = element(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures as a table" },
      table,
    );
    const patterns = element("div");
    patterns.innerHTML = PATTERNS;
    this.node.append(
      patterns,
      this.#fault,
      this.#sentence,
      this.#tower,
      element(
        "details",
        { open: matchMedia("(max-width: 640px)").matches },
        element("summary", {}, "Figures as a table"),
        scroller,
      ),
      this.#back,
      element("h2", {}, "The same loss elsewhere"),
      element(
        "p",
        { class: "help" },
        "What each protocol does by itself, with these reserves and all classes as its one class. Stripes: nobody bears it yet.",
      ),
      this.#elsewhere,
      element("details", {}, element("summary", {}, "The waterfall in plain words"), this.#words),
    );
  }

  /** Draws a run. One that was refused keeps the last picture and says why. */
  show(run: Run, asset: string): Outcome | undefined {
    this.#fault.hidden = run.ok;
    this.node.classList.toggle("stale", !run.ok);
    if (!run.ok) {
      this.#fault.textContent = `${run.reason} The picture is of what could be run before.`;
      return undefined;
    }
    const { decimals } = run.trial;
    const outcome = outcomeOf(run.result);
    const words = sentence(outcome, (units) => `${fullAmount(units, decimals)} ${asset}`);
    if (this.#sentence.textContent !== words) this.#sentence.textContent = words;
    this.#tower.innerHTML = towerPictures(outcome, asset, decimals, words);
    this.#figures(outcome, decimals);
    this.#recovery(outcome, decimals);
    this.#elsewhere.innerHTML = NATIVES.map((native, index) => {
      const there = outcomeOf(runNative(native, run.trial));
      const name = escapeText(native.protocol);
      return `<figure><figcaption><strong>${name}</strong><span>${escapeText(native.words)}</span></figcaption>${smallTower(there, `native-${index}`, `${native.protocol}: ${native.words}`, decimals)}${nativeFigures(there, decimals)}</figure>`;
    }).join("");
    this.#words.textContent = describeWaterfall(run.result.waterfall);
    return outcome;
  }

  #figures({ rows, uncovered, uncoveredRestored, loss }: Outcome, decimals: number): void {
    const line = (cells: readonly string[], head: string, kind = ""): string =>
      `<tr${kind}><th scope="row">${escapeText(head)}</th>${cells.map((cell, at) => `<td${at > 1 ? ' class="n"' : ""}>${cell}</td>`).join("")}</tr>`;
    this.#table.innerHTML = rows
      .map((row) =>
        line(
          [
            escapeText(row.bearer),
            escapeText(useOf(row, decimals)),
            figure(row.taken, decimals),
            percent(row.taken, loss),
            figure(row.restored, decimals),
          ],
          `${row.number} ${row.id}`,
        ),
      )
      .join("");
    this.#total.innerHTML = line(
      [
        "nobody",
        "",
        figure(uncovered, decimals),
        percent(uncovered, loss),
        figure(uncoveredRestored, decimals),
      ],
      "Uncovered",
      uncovered > 0n ? ' class="alarm"' : "",
    );
  }

  #recovery({ rows, recovered, excess, uncoveredRestored }: Outcome, decimals: number): void {
    this.#back.hidden = recovered === 0n;
    if (recovered === 0n) return;
    const items = rows
      .filter(({ restored }) => restored > 0n)
      .map(({ id, restored }) => [id, restored] as const);
    if (uncoveredRestored > 0n) items.unshift(["what was uncovered", uncoveredRestored]);
    if (excess > 0n) items.push(["nobody: more than was lost", excess]);
    this.#back.innerHTML = `<h2>Who gets back</h2><dl>${items
      .map(([name, units]) => `<div><dt>${escapeText(name)}</dt><dd>${figure(units, decimals)}</dd></div>`)
      .join("")}</dl>`;
  }
}

function nativeFigures(
  { rows, uncovered, recovered, uncoveredRestored, excess }: Outcome,
  decimals: number,
): string {
  const items = rows.map((row): [string, bigint, bigint] => [row.bearer, row.taken, row.restored]);
  if (uncovered > 0n || rows.length === 0) items.push(["uncovered", uncovered, uncoveredRestored]);
  const back = recovered > 0n ? items.map(([, , restored]) => restored) : [];
  const lines = items.map(
    ([name, units], at) =>
      `<div><dt>${escapeText(name)}</dt><dd>${figure(units, decimals)}</dd>${
        back[at] === undefined ? "" : `<dd class="restored">back ${figure(back[at], decimals)}</dd>`
      }</div>`,
  );
  if (excess > 0n)
    lines.push(`<div><dt>returned, due to nobody</dt><dd>${figure(excess, decimals)}</dd></div>`);
  return `<dl>${lines.join("")}</dl>`;
}
