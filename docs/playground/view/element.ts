/** Attributes and listeners of a new element; `false` and `undefined` leave one out. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | ((event: Event) => void);
}

type Child = Node | string | undefined;

/** A new element. Text becomes text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

let count = 0;
/** An id for a label and what it labels, unique in the page. */
export const freshId = (prefix: string): string => `${prefix}-${++count}`;

/** A label above an input, with a place for what is wrong with the input's text. */
export function labelled(label: string, input: HTMLElement, help?: string): HTMLElement {
  input.id ||= freshId("field");
  const error = element("p", { class: "fault", id: `${input.id}-fault`, hidden: true });
  const hint = help ? element("p", { class: "help", id: `${input.id}-help` }, help) : undefined;
  input.setAttribute("aria-describedby", [hint?.id, error.id].filter(Boolean).join(" "));
  return element("div", { class: "field" }, element("label", { for: input.id }, label), input, hint, error);
}

/** Marks an input as unreadable and says what is expected, or takes the mark away. */
export function fault(input: HTMLElement, words: string | undefined): void {
  input.toggleAttribute("data-fault", words !== undefined);
  if (words === undefined) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
  const place = document.getElementById(`${input.id}-fault`);
  if (!place) return;
  place.hidden = words === undefined;
  place.textContent = words ?? "";
}
