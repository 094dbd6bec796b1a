import { catalogue, catalogueRegistry } from "@shortfall/policies";
import { figure, fillClass, rampClass } from "@shortfall/report";
import type { TrialDocument } from "../document.js";
import { changePool, moveLayer, removeLayer, setClasses, setFund } from "../edit.js";
import type { Outcome } from "../outcome.js";
import { addLayer } from "../starters.js";
import { tinted, tintOf, useOf } from "../tower.js";
import { element } from "./element.js";
import { amountInput, choice } from "./inputs.js";
import { type Editing, layerForm } from "./layer-form.js";

/** Where the focus goes after rows were drawn anew. */
export interface Focus {
  readonly index: number;
  readonly part: string;
}

/** What the list needs beyond editing: other rows, and a voice for what moved. */
export interface ListEditing extends Editing {
  /** A document with other layers; the rows are drawn anew. */
  readonly replace: (document: TrialDocument, focus: Focus) => void;
  readonly say: (words: string) => void;
}

/** The layers in loss order: moved by the grip, by buttons or by Alt and arrows, edited in place. */
export class LayerList {
  readonly node = element("ol", { class: "layers" });
  readonly adder: HTMLElement;
  readonly #editing: ListEditing;
  readonly #open = new Set<string>();

  constructor(editing: ListEditing) {
    this.#editing = editing;
    this.adder = this.#adder();
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Draws the rows anew: after a change of their number, order or names. */
  rebuild(focus?: Focus): void {
    const { layers } = this.#editing.current().waterfall;
    this.node.replaceChildren(...layers.map((_, index) => this.#row(index)));
    if (focus === undefined) return;
    const row = this.node.children[Math.max(0, Math.min(layers.length - 1, focus.index))];
    const target = row?.querySelector<HTMLElement>(`[data-part="${focus.part}"]:not(:disabled)`);
    (target ?? row?.querySelector<HTMLElement>("button") ?? this.adder.querySelector("select"))?.focus();
  }

  /** What each layer takes, without touching what is being typed. */
  update(outcome: Outcome, decimals: number): void {
    const layers = tinted(outcome.rows);
    for (const [index, row] of outcome.rows.entries()) {
      const node = this.node.children[index];
      if (!node) continue;
      const swatch = node.querySelector(".swatch")!;
      swatch.setAttribute("class", `swatch ${rampClass(layers)}`);
      swatch.firstElementChild!.setAttribute("class", `${fillClass(tintOf(row.fill, layers))} block`);
      node.querySelector(".bearer")!.textContent = `${row.bearer} · ${useOf(row, decimals)}`;
      node.querySelector(".takes")!.innerHTML = figure(row.taken, decimals);
      node.querySelector(".name")!.textContent = row.id;
      node.setAttribute("title", row.words);
    }
  }

  #row(index: number): HTMLElement {
    const { waterfall } = this.#editing.current();
    const layer = waterfall.layers[index]!;
    const form = element("div", { class: "form-place", hidden: !this.#open.has(layer.id) });
    if (this.#open.has(layer.id)) form.append(layerForm(index, this.#following(index)));
    const toggle = element(
      "button",
      {
        type: "button",
        class: "quiet",
        "data-part": "edit",
        "aria-expanded": `${this.#open.has(layer.id)}`,
        click: () => this.#toggle(index),
      },
      "Edit",
      element("span", { class: "hidden" }, ` ${layer.id}`),
    );
    const grip = element(
      "button",
      {
        type: "button",
        class: "grip",
        "data-part": "grip",
        "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown",
        pointerdown: (event) => this.#drag(event as PointerEvent),
      },
      element("span", { "aria-hidden": "true" }, "≡"),
      element("span", { class: "hidden" }, `Move ${layer.id}: Alt with the arrow keys`),
    );
    const row = element(
      "li",
      { class: "layer" },
      grip,
      swatch(),
      element(
        "div",
        { class: "what" },
        element("span", { class: "name" }, layer.id),
        element("span", { class: "bearer" }),
      ),
      this.#holds(index),
      element(
        "div",
        { class: "foot" },
        element(
          "span",
          { class: "moves" },
          this.#button("up", "↑", `Move ${layer.id} up`, index === 0, () =>
            this.#move(index, index - 1, "up"),
          ),
          this.#button("down", "↓", `Move ${layer.id} down`, index === waterfall.layers.length - 1, () =>
            this.#move(index, index + 1, "down"),
          ),
          toggle,
          this.#button("remove", "Remove", `Remove ${layer.id}`, false, () => this.#remove(index)),
        ),
        element("span", { class: "takes" }),
      ),
      form,
    );
    return row;
  }

  #button(part: string, mark: string, words: string, disabled: boolean, act: () => void): HTMLElement {
    const hidden = mark === "Remove" ? words.slice(mark.length) : ` ${words}`;
    return element(
      "button",
      { type: "button", class: "quiet", "data-part": part, disabled, click: act },
      mark === "Remove" ? mark : element("span", { "aria-hidden": "true" }, mark),
      element("span", { class: "hidden" }, hidden),
    );
  }

  /** The capital behind a layer, where one amount of the pool is it. */
  #holds(index: number): HTMLElement {
    const { current, change } = this.#editing;
    const { waterfall, pool } = current();
    const layer = waterfall.layers[index]!;
    const { fund, class: bearing } = layer.parameters;
    const label = `What ${layer.id} holds, ${pool.asset}`;
    const input = (units: string, set: (units: string) => TrialDocument): HTMLElement =>
      amountInput(units, pool.decimals, (next) => change(set(next)), {
        "aria-label": label,
        "data-part": "holds",
      });
    const held = typeof fund === "string" ? pool.funds?.[fund] : undefined;
    if (held && typeof fund === "string" && held.asset === undefined && layer.policy !== "stability-pool")
      return input(held.balance, (balance) =>
        setFund(current(), fund, { ...held, ...current().pool.funds?.[fund], balance }),
      );
    if (layer.policy === "reserve" && !(pool.reserves ?? "0").startsWith("-"))
      return input(pool.reserves ?? "0", (reserves) => changePool(current(), { reserves }));
    const place = (pool.classes ?? []).findIndex(
      ({ id, index: kept }) => id === bearing && kept === undefined,
    );
    if (place >= 0) {
      const withAssets = (assets: string) =>
        (current().pool.classes ?? []).map((entry, at) => (at === place ? { ...entry, assets } : entry));
      return input(pool.classes![place]!.assets, (assets) => setClasses(current(), withAssets(assets)));
    }
    return element("span", { class: "holds" });
  }

  /** Editing that keeps an open form open while its layer gets another name. */
  #following(index: number): Editing {
    const { current, change } = this.#editing;
    return {
      current,
      change: (document) => {
        const old = current().waterfall.layers[index]!.id;
        const id = document.waterfall.layers[index]!.id;
        if (old !== id && this.#open.delete(old)) this.#open.add(id);
        change(document);
      },
    };
  }

  #toggle(index: number): void {
    const { id } = this.#editing.current().waterfall.layers[index]!;
    if (!this.#open.delete(id)) this.#open.add(id);
    const row = this.node.children[index] as HTMLElement;
    const open = this.#open.has(id);
    const place = row.querySelector<HTMLElement>(".form-place")!;
    place.hidden = !open;
    place.replaceChildren(...(open ? [layerForm(index, this.#following(index))] : []));
    row.querySelector('[data-part="edit"]')!.setAttribute("aria-expanded", `${open}`);
  }

  #move(from: number, to: number, part: string): void {
    const before = this.#editing.current();
    const after = moveLayer(before, from, to);
    if (after === before) return;
    this.#editing.replace(after, { index: to, part });
    this.#editing.say(this.#orderWords());
  }

  #remove(index: number): void {
    const { id } = this.#editing.current().waterfall.layers[index]!;
    const next = removeLayer(this.#editing.current(), index);
    this.#editing.replace(next, { index, part: "remove" });
    this.#editing.say(`${id} removed. ${this.#orderWords()}`);
  }

  #orderWords(): string {
    const names = this.#editing.current().waterfall.layers.map(({ id }, at) => `${at + 1} ${id}`);
    return names.length === 0 ? "No layers." : `Order: ${names.join(", ")}.`;
  }

  #key(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const target = event.target as HTMLElement;
    const index = this.#indexOf(target);
    if (index < 0) return;
    event.preventDefault();
    this.#move(index, index + (event.key === "ArrowUp" ? -1 : 1), target.dataset.part ?? "grip");
  }

  #indexOf(node: HTMLElement): number {
    const row = node.closest("li.layer");
    return row === null ? -1 : [...this.node.children].indexOf(row);
  }

  /** Follows the pointer: the row goes where its neighbours' middles are passed. */
  #drag(down: PointerEvent): void {
    if (down.button !== 0) return;
    const grip = down.currentTarget as HTMLElement;
    let index = this.#indexOf(grip);
    down.preventDefault();
    this.node.children[index]?.classList.add("held");
    const moved = (event: PointerEvent): void => {
      const rows = [...this.node.children].map((row) => row.getBoundingClientRect());
      const above = rows.findIndex(({ top, height }, at) => at < index && event.clientY < top + height / 2);
      const below = rows.findLastIndex(
        ({ top, height }, at) => at > index && event.clientY > top + height / 2,
      );
      const to = above >= 0 ? above : below >= 0 ? below : index;
      if (to === index) return;
      this.#move(index, to, "grip");
      index = to;
      this.node.children[index]?.classList.add("held");
    };
    const released = (): void => {
      removeEventListener("pointermove", moved);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, released);
      for (const row of this.node.children) row.classList.remove("held");
    };
    addEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, released);
  }

  #adder(): HTMLElement {
    const select = choice(
      "cash-fund",
      catalogue.map(({ id, title }) => [id, title] as const),
      () => undefined,
    );
    select.id = "new-policy";
    const add = element("button", { type: "button", click: () => this.#add(select.value) }, "Add layer");
    return element(
      "div",
      { class: "adder" },
      element("label", { for: "new-policy" }, "Policy of a new layer"),
      select,
      add,
    );
  }

  #add(policy: string): void {
    const next = addLayer(this.#editing.current(), policy, catalogueRegistry.get(policy)?.title ?? policy);
    this.#editing.replace(next, { index: next.waterfall.layers.length - 1, part: "edit" });
    this.#editing.say(`${next.waterfall.layers.at(-1)?.id} added at the end.`);
  }
}

const SVG = "http://www.w3.org/2000/svg";

function swatch(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 12 22");
  svg.setAttribute("aria-hidden", "true");
  const block = document.createElementNS(SVG, "rect");
  for (const [name, value] of [
    ["x", "0.5"],
    ["y", "0.5"],
    ["width", "11"],
    ["height", "21"],
  ] as const)
    block.setAttribute(name, value);
  svg.append(block);
  return svg;
}
