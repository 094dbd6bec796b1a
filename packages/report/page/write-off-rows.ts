import { countText } from "../src/text/amount.js";
import { byId } from "./elements.js";

/** Evidence that opens under its row, the filter, and addresses such as `#w-12`. */
export function writeOffRows(): void {
  const table = byId("write-off-rows", HTMLTableElement);
  if (!table) return;
  table.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button.open") : null;
    if (button instanceof HTMLButtonElement) toggle(button, button.ariaExpanded !== "true");
  });
  filterRows(table);
  const openNamed = (): void => {
    const row = /^#w-\d+$/.test(location.hash) ? table.querySelector(`${location.hash} button.open`) : null;
    if (row instanceof HTMLButtonElement) toggle(row, true);
  };
  addEventListener("hashchange", openNamed);
  openNamed();
}

function toggle(button: HTMLButtonElement, open: boolean): void {
  button.ariaExpanded = `${open}`;
  byId(button.getAttribute("aria-controls") ?? "", HTMLElement)?.classList.toggle("closed", !open);
}

function filterRows(table: HTMLTableElement): void {
  const input = byId("write-off-filter", HTMLInputElement);
  const count = byId("write-off-count", HTMLElement);
  if (!input || !count) return;
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr.row")];
  const noun = rows.length === 1 ? "write-off" : "write-offs";
  input.addEventListener("input", () => {
    const words = wordsOf(input.value);
    let shown = 0;
    for (const row of rows) {
      const matches = words.every((word) => row.dataset.words?.includes(word));
      if (matches) shown++;
      row.hidden = !matches;
      const evidence = row.nextElementSibling;
      if (evidence instanceof HTMLElement && evidence.classList.contains("evidence"))
        evidence.hidden = !matches;
    }
    for (const body of table.tBodies)
      body.hidden = words.length > 0 && !body.querySelector("tr.row:not([hidden])");
    for (const total of table.querySelectorAll<HTMLElement>("tr.total")) total.hidden = words.length > 0;
    count.textContent = countWords(shown, rows.length, noun, input.value);
  });
}

/** Words of a filter, in lower case. */
export const wordsOf = (filter: string): string[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");

export function countWords(shown: number, all: number, noun: string, filter: string): string {
  if (shown === 0 && all > 0) return `Nothing matches "${filter.trim()}".`;
  return shown === all ? `${countText(all)} ${noun}` : `${countText(shown)} of ${countText(all)} ${noun}`;
}
