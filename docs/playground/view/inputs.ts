import { isShortfallError } from "@shortfall/core";
import { formatAmount, parseAmount } from "@shortfall/math/decimal";
import { element, fault } from "./element.js";

/** Token amount as people type it, from base units. */
export const typed = (units: string, decimals: number, padded = false): string =>
  formatAmount(BigInt(units), decimals, { group: ",", padded });

/** Base units of what was typed, or why it is none. */
export function unitsOf(text: string, decimals: number): { units: string } | { fault: string } {
  try {
    return { units: `${parseAmount(text.replaceAll(/[,\s]/g, ""), decimals)}` };
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    return { fault: `Type an amount with at most ${decimals} decimals, such as 1,000.5. ${error.message}` };
  }
}

/** An input for a token amount. What cannot be read is marked and changes nothing. */
export function amountInput(
  units: string,
  decimals: number,
  change: (units: string) => void,
  attributes: { readonly [name: string]: string } = {},
): HTMLInputElement {
  const input = element("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    class: "amount",
    ...attributes,
  });
  input.value = typed(units, decimals);
  input.addEventListener("input", () => {
    const read = unitsOf(input.value, decimals);
    fault(input, "fault" in read ? read.fault : undefined);
    if ("units" in read) change(read.units);
  });
  return input;
}

/** An input for plain text; `refuse` says what is wrong with it. */
export function textInput(
  value: string,
  change: (value: string) => void,
  refuse: (value: string) => string | undefined = () => undefined,
  names: readonly string[] = [],
): HTMLElement & { value: string } {
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  input.value = value;
  if (names.length > 0) {
    const list = element("datalist", { id: `names-${names.join("-").replaceAll(/\W/g, "")}` });
    for (const name of names) list.append(element("option", { value: name }));
    input.setAttribute("list", list.id);
    input.addEventListener("focus", () => {
      if (!document.getElementById(list.id)) input.after(list);
    });
  }
  input.addEventListener("input", () => {
    const wrong = refuse(input.value);
    fault(input, wrong);
    if (wrong === undefined) change(input.value);
  });
  return input;
}

/** A text area for JSON. */
export function jsonInput(value: unknown, change: (value: unknown) => void): HTMLTextAreaElement {
  const area = element("textarea", { rows: 4, spellcheck: "false", autocomplete: "off" });
  area.value = value === undefined ? "" : JSON.stringify(value, null, 1);
  area.addEventListener("input", () => {
    if (area.value.trim() === "") {
      fault(area, undefined);
      change(undefined);
      return;
    }
    try {
      const read: unknown = JSON.parse(area.value);
      fault(area, undefined);
      change(read);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      fault(area, `Type JSON; amounts are strings of base units. ${error.message}`);
    }
  });
  return area;
}

/** A list to choose from. */
export function choice(
  value: string,
  options: readonly (readonly [value: string, words: string])[],
  change: (value: string) => void,
): HTMLSelectElement {
  const select = element("select");
  for (const [each, words] of options) {
    select.append(element("option", { value: each, selected: each === value }, words));
  }
  select.addEventListener("change", () => change(select.value));
  return select;
}
