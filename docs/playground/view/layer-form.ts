import { catalogueRegistry } from "@shortfall/policies";
import type { LayerDocument, TrialDocument } from "../document.js";
import { changeLayer, renameLayer } from "../edit.js";
import { type Field, fieldsOf, isMoney, namesIn, refusalOf, setAt, valueAt } from "../fields.js";
import type { Json } from "../notation.js";
import { element, fault, labelled } from "./element.js";
import { amountInput, choice, jsonInput, textInput } from "./inputs.js";

/** What a form may do with the document. */
export interface Editing {
  readonly current: () => TrialDocument;
  readonly change: (document: TrialDocument) => void;
}

/** Name, cap and every parameter of one layer, from the policy's own schema. */
export function layerForm(index: number, editing: Editing): HTMLElement {
  const document = editing.current();
  const layer = document.waterfall.layers[index]!;
  const policy = catalogueRegistry.get(layer.policy);
  const form = element("div", { class: "layer-form" });
  const name = textInput(
    layer.id,
    (id) => editing.change(renameLayer(editing.current(), index, id)),
    (id) => nameFault(id, index, editing.current()),
  );
  form.append(labelled("Name", name));
  const fields = policy === undefined ? [] : fieldsOf(policy);
  const draft = new Draft(index, editing);
  for (const field of fields) form.append(fieldRow(field, [field.key], draft));
  form.append(
    labelled(
      "Cap for each loss",
      capInput(index, layer, editing),
      "Base units. The rest falls through. Empty: none.",
    ),
  );
  return form;
}

function nameFault(id: string, index: number, document: TrialDocument): string | undefined {
  if (id === "" || id === "uncovered") return "Type a name other than “uncovered”.";
  const other = document.waterfall.layers.some((layer, at) => at !== index && layer.id === id);
  return other ? "Another layer has this name." : undefined;
}

function capInput(index: number, layer: LayerDocument, editing: Editing): HTMLElement {
  const input = element("input", { type: "text", inputmode: "numeric", autocomplete: "off" });
  input.value = layer.cap ?? "";
  input.addEventListener("input", () => {
    const text = input.value.replaceAll(/[,\s]/g, "");
    const wrong = /^\d*$/.test(text) ? undefined : "Type a whole number of base units.";
    fault(input, wrong);
    if (wrong !== undefined) return;
    editing.change(
      changeLayer(editing.current(), index, ({ cap: _old, ...rest }) =>
        text === "" ? rest : { ...rest, cap: text },
      ),
    );
  });
  return input;
}

function fieldRow(field: Field, path: readonly string[], draft: Draft): HTMLElement {
  const { input } = field;
  if (input.kind === "group") {
    const set = element("fieldset", {}, element("legend", {}, field.title));
    if (field.description) set.append(element("p", { class: "help" }, field.description));
    for (const inner of input.fields) set.append(fieldRow(inner, [...path, inner.key], draft));
    return set;
  }
  const help = [field.description, field.otherwise === "" ? "" : `Empty: ${field.otherwise}.`]
    .join(" ")
    .trim();
  const control = controlOf(field, path, draft);
  return labelled(field.required ? `${field.title} *` : field.title, control, help);
}

/**
 * The parameters as they are being typed. The document gets them once the policy takes them all: a fraction
 * makes sense only with both its parts.
 */
class Draft {
  readonly #index: number;
  readonly #editing: Editing;
  readonly #faulty = new Set<HTMLElement>();
  #parameters: LayerDocument["parameters"];

  constructor(index: number, editing: Editing) {
    this.#index = index;
    this.#editing = editing;
    this.#parameters = this.#layer().parameters;
  }

  get pool(): TrialDocument["pool"] {
    return this.#editing.current().pool;
  }

  value(path: readonly string[]): Json | undefined {
    return valueAt(this.#parameters, path);
  }

  /** Sets a parameter; where the policy refuses the whole, says why beside the control. */
  set(control: HTMLElement, path: readonly string[], value: Json | undefined): void {
    this.#parameters = setAt(this.#parameters, path, value);
    const tried = { ...this.#layer(), parameters: this.#parameters };
    const refusal = refusalOf(tried);
    for (const other of this.#faulty) fault(other, undefined);
    this.#faulty.clear();
    if (refusal !== undefined) {
      fault(control, `${refusal}.`);
      this.#faulty.add(control);
      return;
    }
    this.#editing.change(changeLayer(this.#editing.current(), this.#index, () => tried));
  }

  #layer(): LayerDocument {
    return this.#editing.current().waterfall.layers[this.#index]!;
  }
}

function controlOf(field: Field, path: readonly string[], draft: Draft): HTMLElement {
  const { input } = field;
  const value = draft.value(path);
  let control: HTMLElement;
  const set = (next: Json | undefined): void => {
    showTokens(control, field, next, draft.pool.decimals, draft.pool.asset);
    draft.set(control, path, next);
  };
  switch (input.kind) {
    case "choice":
      control = choice(
        value === undefined ? "" : String(value),
        [
          ...(field.required ? [] : [["", `(${field.otherwise})`] as const]),
          ...input.options.map((option) => [option, option] as const),
        ],
        (next) => set(next === "" ? undefined : next),
      );
      break;
    case "flag":
      control = choice(
        value === undefined ? "" : String(value),
        [
          ["", field.otherwise === "" ? "(not set)" : `(${field.otherwise})`],
          ["true", "true"],
          ["false", "false"],
        ],
        (next) => set(next === "" ? undefined : next === "true"),
      );
      break;
    case "json":
      control = jsonInput(value, (next) => set(next as Json | undefined));
      break;
    default: {
      const names = input.kind === "text" ? namesIn(draft.pool, input.names) : [];
      control = textInput(
        value === undefined ? "" : String(value),
        (next) =>
          set(next === "" ? undefined : input.kind === "amount" ? next.replaceAll(/[,\s]/g, "") : next),
        undefined,
        names,
      );
    }
  }
  return control;
}

/** Under an amount of money in base units, what it is in tokens. */
function showTokens(
  control: HTMLElement,
  field: Field,
  value: Json | undefined,
  decimals: number,
  asset: string,
): void {
  if (field.input.kind !== "amount" || !isMoney(field.key) || decimals === 0) return;
  const help = document.getElementById(`${control.id}-help`);
  if (!help || typeof value !== "string" || !/^\d+$/.test(value)) return;
  const shown = amountInput(value, decimals, () => undefined).value;
  help.dataset.tokens = `= ${shown} ${asset}`;
}
