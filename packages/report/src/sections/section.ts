/** A part of the page: the question it answers beside its content. All texts are markup already. */
export interface Section {
  readonly id: string;
  readonly question: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly content: string;
}

export const sectionMarkup = ({ id, question, title, notes, content }: Section): string =>
  `<section class="main-section" aria-labelledby="${id}">\n<div class="side"><p class="question">${question}</p><h2 id="${id}">${title}</h2>${notes
    .map((note) => `<p>${note}</p>`)
    .join("")}</div>\n<div class="main">${content}</div>\n</section>\n`;

/** A table that may be wider than the page: its own scroller, reachable by keyboard. */
export const scroller = (label: string, table: string, kind = ""): string =>
  `<div class="scroll${kind === "" ? "" : ` ${kind}`}" role="region" tabindex="0" aria-label="${label}">${table}</div>`;

/** The figures of a picture, for those who do not see it and for checking. */
export const figuresAsTable = (table: string): string =>
  `<details class="figures"><summary>Figures as a table</summary>${table}</details>`;
