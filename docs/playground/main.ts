import { DARK_RAMPS, DRAWING_STYLE, LIGHT_RAMPS, rampRules } from "@shortfall/report";
import { OPENING, runDocument, type TrialDocument, whatIfDocument } from "./document.js";
import { readShared, shareText } from "./share.js";
import { element, fault, labelled } from "./view/element.js";
import { amountInput, choice, typed } from "./view/inputs.js";
import { LayerList, type ListEditing } from "./view/layer-list.js";
import { poolForm } from "./view/pool-form.js";
import { Result } from "./view/result.js";
import "./style.css";

/** Milliseconds without a change after which the address holds the document. */
const IDLE = 300;
/** Decades of the slider, from one base unit up. */
const STEPS = 100n;

const ORDERS = [
  ["reverse-order", "the last layer first"],
  ["same-order", "the first layer first"],
  ["senior-first", "senior classes first"],
  ["junior-first", "junior classes first"],
  ["pro-rata", "all by what they lost"],
] as const;

/** Puts the playground into a page. Returns what takes it away again. */
export function mount(place: HTMLElement): () => void {
  const opened = fromAddress();
  let document = opened.document;
  const status = element("p", { class: "status", role: "status", "aria-live": "polite" }, opened.words);
  const result = new Result();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const redraw = (): void => {
    const outcome = result.show(runDocument(document), document.pool.asset);
    if (outcome) list.update(outcome, document.pool.decimals);
  };
  const remember = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(history.state, "", `#${shareText(document)}`), IDLE);
  };
  const editing: ListEditing = {
    current: () => document,
    change: (next) => {
      document = next;
      redraw();
      remember();
    },
    replace: (next, focus) => {
      document = next;
      list.rebuild(focus);
      pool.replaceChildren(poolForm(editing, rebuild));
      redraw();
      remember();
    },
    say: (words) => {
      status.textContent = words;
    },
  };
  const list = new LayerList(editing);
  const money = element("div", { class: "money" });
  const pool = element("div");
  /** Draws every field anew, as after a link was opened. */
  const rebuild = (): void => {
    money.replaceChildren(...moneyFields(editing));
    list.rebuild();
    pool.replaceChildren(poolForm(editing, rebuild));
    redraw();
  };
  const left = element(
    "div",
    { class: "controls" },
    money,
    list.node,
    list.adder,
    element("details", { class: "around" }, element("summary", {}, "The pool"), pool),
    copies(editing),
    status,
  );
  const onHash = (): void => {
    const read = fromAddress();
    document = read.document;
    status.textContent = read.words;
    rebuild();
  };
  addEventListener("hashchange", onHash);
  place.replaceChildren(style(), left, result.node);
  place.classList.add("playground");
  rebuild();
  return () => {
    clearTimeout(timer);
    removeEventListener("hashchange", onHash);
  };
}

/** The document of the address, or the default with the reason. */
function fromAddress(): { readonly document: TrialDocument; readonly words: string } {
  const text = location.hash.slice(1);
  if (text === "" || !/^\d+\//.test(text)) return { document: OPENING, words: "" };
  const read = readShared(text);
  return read.ok
    ? { document: read.document, words: "" }
    : { document: OPENING, words: `The link could not be read: ${read.reason}. This is the default.` };
}

/** The loss with its slider, and what comes back. */
function moneyFields({ current, change }: ListEditing): HTMLElement[] {
  const { pool, loss, recovered, waterfall } = current();
  const { decimals, asset } = pool;
  const slider = element("input", {
    type: "range",
    min: 0,
    max: Number(STEPS) * 13,
    step: 1,
    "aria-label": "Loss, on a scale of powers of ten",
  });
  const setSlider = (units: string): void => {
    slider.value = `${positionOf(BigInt(units))}`;
    slider.setAttribute("aria-valuetext", `${typed(units, decimals)} ${asset}`);
  };
  const field = amountInput(loss, decimals, (units) => {
    setSlider(units);
    change({ ...current(), loss: units });
  });
  field.classList.add("loss");
  field.value = typed(loss, decimals, true);
  slider.addEventListener("input", () => {
    const units = `${unitsAt(Number(slider.value))}`;
    field.value = typed(units, decimals, true);
    fault(field, undefined);
    slider.setAttribute("aria-valuetext", `${field.value} ${asset}`);
    change({ ...current(), loss: units });
  });
  setSlider(loss);
  const ticks = element(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    ...[0, 3, 6, 9, 12].map((power) =>
      element("span", { style: `left:${(power / 13) * 100}%` }, typed(`1${"0".repeat(power)}`, decimals)),
    ),
  );
  const back = amountInput(recovered, decimals, (units) => change({ ...current(), recovered: units }));
  const { order } = waterfall.recovery;
  const orders: (readonly [string, string])[] =
    typeof order === "string" ? [...ORDERS] : [[order.join(), "as listed"], ...ORDERS];
  const select = choice(typeof order === "string" ? order : order.join(), orders, (next) => {
    const listed = typeof order !== "string" && next === order.join();
    change({
      ...current(),
      waterfall: { ...current().waterfall, recovery: { order: listed ? order : next } },
    });
  });
  return [
    labelled(`Loss, ${asset}`, field),
    slider,
    ticks,
    element(
      "div",
      { class: "pair" },
      labelled(`Comes back later, ${asset}`, back),
      labelled("Who is repaid first", select),
    ),
  ];
}

/** Amount at a step of the slider: a power of ten, straight between powers. */
function unitsAt(position: number): bigint {
  const step = BigInt(position);
  const low = 10n ** (step / STEPS);
  return low + (low * 9n * (step % STEPS)) / STEPS;
}

function positionOf(units: bigint): number {
  if (units === 0n) return 0;
  const power = BigInt(units.toString().length - 1);
  const low = 10n ** power;
  return Number(power * STEPS + ((units - low) * STEPS) / (low * 9n));
}

/** Buttons that copy; what was copied is said, and shown where the browser refuses. */
function copies({ current, say }: ListEditing): HTMLElement {
  const shown = element("textarea", { readonly: true, hidden: true, rows: 6, "aria-label": "Text to copy" });
  const copy = async (text: string, what: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      shown.hidden = true;
      say(`${what} copied.`);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      shown.value = text;
      shown.hidden = false;
      shown.select();
      say(`The browser did not allow copying; ${what.toLowerCase()} stands in the field.`);
    }
  };
  const button = (words: string, what: string, text: () => string, primary = false): HTMLElement =>
    element(
      "button",
      { type: "button", class: primary ? "primary" : "framed", click: () => void copy(text(), what) },
      words,
    );
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  return element(
    "div",
    { class: "copies" },
    button("Copy link", "Link", () => `${location.href.split("#")[0]}#${shareText(current())}`, true),
    button("Copy as JSON", "Waterfall for whatif", () => json(whatIfDocument(current()))),
    button("Copy trial", "Trial for policies try", () => json(current())),
    shown,
  );
}

/** The drawings' own style and ramps, from the report. */
function style(): HTMLStyleElement {
  const light = rampRules(LIGHT_RAMPS, ".playground ");
  const dark = rampRules(DARK_RAMPS, ".dark .playground ");
  return element("style", {}, `${scoped(DRAWING_STYLE)}${light}@media screen{${dark}}`);
}

/** Every rule of a plain sheet, only below the playground. */
const scoped = (sheet: string): string =>
  sheet.replace(
    /(^|[}\n])\s*([^{}@]+)\{/g,
    (_all, end: string, selectors: string) =>
      `${end}${selectors
        .split(",")
        .map((each) => `.playground ${each.trim()}`)
        .join(",")}{`,
  );
