import { amountParts } from "../src/text/amount.js";
import { shortName } from "../src/text/escape.js";

/** An element by id, if it is of that kind. */
export function byId<T extends Element>(id: string, kind: new () => T): T | undefined {
  const found = document.getElementById(id);
  return found instanceof kind ? found : undefined;
}

/** An element with a class and text; never markup. */
export function make(tag: string, kind = "", words = ""): HTMLElement {
  const made = document.createElement(tag);
  if (kind !== "") made.className = kind;
  if (words !== "") made.textContent = words;
  return made;
}

/** An amount as the report writes it. */
export function figureElement(units: bigint, decimals: number): HTMLElement {
  const figure = make("data", "f");
  figure.setAttribute("value", `${units}`);
  figure.dataset.d = `${decimals}`;
  const { whole, fraction } = amountParts(units, decimals);
  figure.append(`${units < 0n ? "−" : ""}${whole}`);
  if (fraction.length > 0) {
    const dimmed = make("span", "q", `.${fraction[0] ?? ""}`);
    for (const group of fraction.slice(1)) dimmed.append(make("i", "", group));
    figure.append(dimmed);
  }
  return figure;
}

/** A name, short on the page and whole when copied. */
export function nameElement(name: string): HTMLElement {
  const short = shortName(name);
  const code = make("code", short === name ? "" : "f", short);
  if (short !== name) {
    code.dataset.copy = name;
    code.title = name;
  }
  return code;
}
