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
  for (const field of fields) form.append(fieldRow(field, [field.key], index, editing));
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

function fieldRow(field: Field, path: readonly string[], index: number, editing: Editing): HTMLElement {
  const { input } = field;
  if (input.kind === "group") {
    const set = element("fieldset", {}, element("legend", {}, field.title));
    if (field.description) set.append(element("p", { class: "help" }, field.description));
    for (const inner of input.fields) set.append(fieldRow(inner, [...path, inner.key], index, editing));
    return set;
  }
  const help = [field.description, field.otherwise === "" ? "" : `Empty: ${field.otherwise}.`]
    .join(" ")
    .trim();
  const control = controlOf(field, path, index, editing);
  return labelled(field.required ? `${field.title} *` : field.title, control, help);
}

function controlOf(field: Field, path: readonly string[], index: number, editing: Editing): HTMLElement {
  const { input } = field;
  const layer = (): LayerDocument => editing.current().waterfall.layers[index]!;
  const value = valueAt(layer().parameters, path);
  let control: HTMLElement;
  /** Sets the parameter if the policy takes it so; otherwise says why not. */
  const set = (next: Json | undefined): void => {
    const { pool } = editing.current();
    const tried = { ...layer(), parameters: setAt(layer().parameters, path, next) };
    const refusal = refusalOf(tried);
    fault(control, refusal && `${refusal}.`);
    if (refusal !== undefined) return;
    showTokens(control, field, next, pool.decimals, pool.asset);
    editing.change(changeLayer(editing.current(), index, () => tried));
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
      const names = input.kind === "text" ? namesIn(editing.current().pool, input.names) : [];
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
