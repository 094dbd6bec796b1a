import { countText } from "../src/text/amount.js";
import { shortName } from "../src/text/escape.js";
import { byId, figureElement, make, nameElement } from "./elements.js";
import type { HolderData, SortKey } from "./holder-data.js";
import { countWords, wordsOf } from "./write-off-rows.js";

/** Height of a row, as the style sets it. */
const ROW = 36;
/** Rows drawn above and below those seen. */
const MARGIN = 8;
/** Rows on paper, as many as the page has without scripts. */
const PRINTED = 20;

/** The table of all holders: of any number of rows, those in sight are drawn. */
export class HolderTable {
  readonly #data: HolderData;
  readonly #table: HTMLTableElement;
  readonly #scroller: HTMLElement;
  readonly #body: HTMLTableSectionElement;
  readonly #count: HTMLElement;
  #order: Uint32Array;
  #rows: Uint32Array;
  #words: readonly string[] = [];
  #first = -1;

  constructor(data: HolderData, table: HTMLTableElement, scroller: HTMLElement, count: HTMLElement) {
    this.#data = data;
    this.#table = table;
    this.#scroller = scroller;
    this.#count = count;
    this.#body = table.tBodies[0] ?? table.createTBody();
    this.#order = data.sorted("loss", true);
    this.#rows = this.#order;
    this.#fixWidths();
    scroller.addEventListener("scroll", () => this.#draw(false), { passive: true });
    addEventListener("resize", () => this.#draw(true));
    // Paper takes the first rows, wherever the reader has scrolled to.
    addEventListener("beforeprint", () => this.#show(0, PRINTED));
    addEventListener("afterprint", () => this.#draw(true));
    this.#sortButtons();
    this.#draw(true);
  }

  filter(text: string): void {
    this.#words = wordsOf(text);
    this.#rows = this.#data.matching(this.#order, this.#words);
    this.#scroller.scrollTop = 0;
    this.#count.textContent = countWords(
      this.#rows.length,
      this.#data.count,
      this.#data.count === 1 ? "row" : "rows",
      text,
    );
    this.#draw(true);
  }

  #sort(key: SortKey, descending: boolean): void {
    this.#order = this.#data.sorted(key, descending);
    this.#rows = this.#data.matching(this.#order, this.#words);
    this.#scroller.scrollTop = 0;
    this.#draw(true);
  }

  #sortButtons(): void {
    const heads = [...this.#table.querySelectorAll<HTMLElement>("th[data-sort]")];
    for (const head of heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const key = head.dataset.sort as SortKey;
        const numbers = key === "loss" || key === "writeOffs";
        const descending = head.ariaSort === null ? numbers : head.ariaSort === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        this.#sort(key, descending);
      });
    }
  }

  /** Widths that do not change while rows come and go: measured once on the rows of largest losses. */
  #fixWidths(): void {
    const heads = [...this.#table.querySelectorAll<HTMLElement>("thead th")];
    const widths = heads.map((head) => Math.ceil(head.getBoundingClientRect().width));
    for (const [index, head] of heads.entries()) head.style.width = `${widths[index] ?? 0}px`;
    this.#table.style.tableLayout = "fixed";
    this.#table.style.minWidth = `${widths.reduce((sum, width) => sum + width, 0)}px`;
  }

  #draw(always: boolean): void {
    const seen = Math.ceil((this.#scroller.clientHeight || ROW * 17) / ROW);
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / ROW) - MARGIN);
    if (!always && Math.abs(first - this.#first) < MARGIN / 2) return;
    this.#first = first;
    this.#show(first, first + seen + 2 * MARGIN);
  }

  #show(first: number, end: number): void {
    const last = Math.min(this.#rows.length, end);
    const drawn: HTMLElement[] = [this.#space(first)];
    for (let place = first; place < last; place++) drawn.push(this.#row(this.#rows[place] ?? 0, place));
    drawn.push(this.#space(this.#rows.length - last));
    this.#table.setAttribute("aria-rowcount", `${this.#rows.length + 1}`);
    this.#body.replaceChildren(...drawn);
  }

  #space(rows: number): HTMLElement {
    const space = make("tr", "space");
    space.ariaHidden = "true";
    space.style.height = `${rows * ROW}px`;
    if (rows === 0) space.hidden = true;
    return space;
  }

  #row(index: number, place: number): HTMLElement {
    const { pool, bearer, asset, decimals, implied } = this.#data.groupOf(index);
    const row = make("tr");
    row.setAttribute("aria-rowindex", `${place + 2}`);
    const cell = (kind: string, ...content: (HTMLElement | string)[]): void => {
      const made = make("td", kind);
      made.append(...content);
      row.append(made);
    };
    cell("", nameElement(this.#data.accounts[index] ?? ""));
    cell("wideonly", nameElement(pool));
    cell("wideonly", `${shortName(bearer)}${implied ? " (implied)" : ""}`);
    cell("n wideonly", countText(this.#data.writeOffsOf(index)));
    cell("n", figureElement(this.#data.lossOf(index), decimals));
    cell("", asset);
    return row;
  }
}

/** Puts the table of all holders in the place of the first rows. */
export function holderTable(data: HolderData): HolderTable | undefined {
  const table = byId("holder-rows", HTMLTableElement);
  const input = byId("holder-filter", HTMLInputElement);
  const count = byId("holder-count", HTMLElement);
  const scroller = table?.parentElement;
  if (!table || !input || !count || !scroller) return undefined;
  const made = new HolderTable(data, table, scroller, count);
  // Prepared when the field is entered, so that the first letter is not slow.
  input.addEventListener("focus", () => data.texts(), { once: true });
  input.addEventListener("input", () => made.filter(input.value));
  return made;
}
