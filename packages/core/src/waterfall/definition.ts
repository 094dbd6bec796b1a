import { Fields } from "../fields.js";
import { digestValue } from "../journal/canonical.js";
import type { WaterfallReference } from "../journal/entry.js";
import type { LayerDefinition, RecoveryOrder, WaterfallDefinition } from "../ports/policy.js";
import { WaterfallDefinitionError } from "./errors.js";

/** Slot of a recovery that pays what no layer took. No layer may be called so. */
export const UNCOVERED = "uncovered";

const NAMED_ORDERS = ["same-order", "reverse-order", "senior-first", "junior-first", "pro-rata"] as const;

const failure = (field: string, expected: string, received: string) =>
  new WaterfallDefinitionError(field, expected, received);

/**
 * Reads a waterfall from JSON. Caps come as decimal strings and leave as bigint; parameters stay as they are
 * until a policy's schema reads them.
 *
 * @throws {WaterfallDefinitionError} naming the field, what was expected and what came.
 */
export function parseWaterfallDefinition(input: unknown): WaterfallDefinition {
  const fields = new Fields(input, "", failure);
  requireKeys(fields, ["format", "id", "version", "title", "layers", "recovery"]);
  const format = fields.string("format");
  if (format !== "shortfall-waterfall/1") throw failure("format", '"shortfall-waterfall/1"', `"${format}"`);
  const layers = fields.objects("layers").map(parseLayer);
  requireDistinct(layers);
  const definition: WaterfallDefinition = {
    format,
    id: nonEmpty(fields, "id"),
    version: nonEmpty(fields, "version"),
    ...(fields.has("title") ? { title: fields.string("title") } : {}),
    layers,
    ...(fields.has("recovery") ? { recovery: parseRecovery(fields.object("recovery"), layers) } : {}),
  };
  return definition;
}

function parseLayer(fields: Fields): LayerDefinition {
  requireKeys(fields, ["id", "policy", "parameters", "cap"]);
  const parameters = fields.has("parameters") ? fields.object("parameters") : undefined;
  return {
    id: nonEmpty(fields, "id"),
    policy: nonEmpty(fields, "policy"),
    parameters: parameters
      ? Object.fromEntries(parameters.keys().map((key) => [key, parameters.raw(key)]))
      : {},
    ...(fields.has("cap") ? { cap: fields.amount("cap") } : {}),
  };
}

function parseRecovery(fields: Fields, layers: readonly LayerDefinition[]): { order: RecoveryOrder } {
  requireKeys(fields, ["order"]);
  const order = fields.raw("order");
  if (typeof order === "string") {
    const named = NAMED_ORDERS.find((name) => name === order);
    if (named) return { order: named };
  }
  if (!Array.isArray(order)) {
    throw failure(
      `${fields.path}.order`,
      `one of ${NAMED_ORDERS.join(", ")} or a list of layer ids`,
      JSON.stringify(order) ?? "nothing",
    );
  }
  const slots = fields.strings("order");
  requireSlots(slots, layers, `${fields.path}.order`);
  return { order: slots };
}

/** @throws {WaterfallDefinitionError} a slot is unknown or named twice. */
export function requireSlots(
  slots: readonly string[],
  layers: readonly { readonly id: string }[],
  at: string,
): void {
  const known = new Set([UNCOVERED, ...layers.map((layer) => layer.id)]);
  const seen = new Set<string>();
  slots.forEach((slot, index) => {
    if (!known.has(slot)) throw failure(`${at}[${index}]`, `a layer id or "${UNCOVERED}"`, `"${slot}"`);
    if (seen.has(slot)) throw failure(`${at}[${index}]`, "each slot once", `"${slot}" again`);
    seen.add(slot);
  });
}

/** @throws {WaterfallDefinitionError} two layers share an id, or one takes the reserved slot's name. */
export function requireDistinct(layers: readonly LayerDefinition[]): void {
  const seen = new Set<string>();
  layers.forEach((layer, index) => {
    if (layer.id === UNCOVERED)
      throw failure(`layers[${index}].id`, `an id other than "${UNCOVERED}"`, `"${layer.id}"`);
    if (seen.has(layer.id))
      throw failure(`layers[${index}].id`, "an id unique in its waterfall", `"${layer.id}"`);
    seen.add(layer.id);
  });
}

/** The definition as plain JSON data: amounts as decimal strings, ready for a file. */
export function waterfallJson(definition: WaterfallDefinition): unknown {
  return JSON.parse(
    JSON.stringify(definition, (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    ),
  );
}

/** SHA-256 of the definition's canonical JSON: 5n and "5" give the same digest. */
export const waterfallDigest = (definition: WaterfallDefinition): string => digestValue(definition);

/** How a journal block names the waterfall in force in a pool. */
export function waterfallReference(pool: string, definition: WaterfallDefinition): WaterfallReference {
  return { pool, id: definition.id, version: definition.version, digest: waterfallDigest(definition) };
}

function nonEmpty(fields: Fields, key: string): string {
  const value = fields.string(key);
  if (value === "")
    throw failure(fields.path === "" ? key : `${fields.path}.${key}`, "text", "an empty string");
  return value;
}

function requireKeys(fields: Fields, allowed: readonly string[]): void {
  const unknown = fields.keys().find((key) => !allowed.includes(key));
  if (unknown === undefined) return;
  throw failure(
    fields.path === "" ? unknown : `${fields.path}.${unknown}`,
    `only ${allowed.join(", ")}`,
    "a field of that name",
  );
}
