import { type AnyLossPolicy, isShortfallError, openWaterfall } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import * as z from "zod";
import type { LayerDocument, PoolDocument } from "./document.js";
import type { Json } from "./notation.js";

/** How a parameter is entered. */
export type FieldKind =
  | { readonly kind: "amount" }
  | { readonly kind: "text"; readonly names: "fund" | "class" | "group" | "none" }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "flag" }
  | { readonly kind: "group"; readonly fields: readonly Field[] }
  /** Lists, records and alternatives: as JSON. */
  | { readonly kind: "json" };

/** One parameter of a policy as a form shows it, read from the policy's own schema. */
export interface Field {
  readonly key: string;
  readonly title: string;
  /** What it means, in the schema's words. */
  readonly description: string;
  readonly required: boolean;
  /** What holds where it is left empty, as text. */
  readonly otherwise: string;
  readonly input: FieldKind;
}

interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly properties?: { readonly [key: string]: Schema };
  readonly required?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
}

/** The fields of a policy's parameters, in the order of its schema. */
export function fieldsOf(policy: AnyLossPolicy): readonly Field[] {
  const known = read.get(policy.id);
  if (known !== undefined) return known;
  const { parameters } = policy;
  const schema =
    parameters instanceof z.ZodType
      ? (z.toJSONSchema(parameters, {
          unrepresentable: "any",
          io: "input",
          override,
        }) as Schema)
      : {};
  const fields = fieldsIn(schema);
  read.set(policy.id, fields);
  return fields;
}

const read = new Map<string, readonly Field[]>();

/** JSON has no bigint: a default of one stands as its digits. */
const override: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type !== "default" || !("defaultValue" in def)) return;
  jsonSchema.default = JSON.parse(
    JSON.stringify(def.defaultValue, (_key, value: unknown) =>
      typeof value === "bigint" ? `${value}` : value,
    ),
  );
};

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema<z.ZodType>>[1]>["override"]>;

const fieldsIn = (schema: Schema): Field[] =>
  Object.entries(schema.properties ?? {}).map(([key, member]) => ({
    key,
    title: member.title ?? titleOf(key),
    description: member.description ?? "",
    required: (schema.required ?? []).includes(key),
    otherwise: member.default === undefined ? "" : plain(member.default),
    input: kindOf(key, member),
  }));

function kindOf(key: string, schema: Schema): FieldKind {
  if (schema.enum) return { kind: "choice", options: schema.enum.map(String) };
  if (schema.type === "boolean") return { kind: "flag" };
  if (schema.type === "string") return { kind: "text", names: NAMES[key] ?? "none" };
  if (schema.anyOf?.some(({ pattern }) => pattern === "^\\d+$")) return { kind: "amount" };
  if (schema.type === "object" && schema.properties) return { kind: "group", fields: fieldsIn(schema) };
  return { kind: "json" };
}

/** Whose names a field may take. */
const NAMES: { readonly [key: string]: "fund" | "class" | "group" } = {
  fund: "fund",
  class: "class",
  residual: "class",
  group: "group",
  weights: "group",
  positions: "group",
  openInterest: "group",
};

/** `minimumLeft` → `Minimum left`, `feeBps` → `Fee, basis points`. */
export function titleOf(key: string): string {
  const words = key
    .replace(/Bps(?=[A-Z]|$)/, " bps ")
    .replace(/Wad$/, " ×10¹⁸")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/ bps\b/, ", basis points");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Amounts that are no amounts of the pool's asset: ratios, prices, times. */
export const isMoney = (key: string): boolean =>
  !/Bps|Wad|Scale|Rate|^(num|den|length|wait|beg|pad|ttl|tau|prices|offset|at|step|baseUnit|bankruptcyPrice)$/.test(
    key,
  );

const plain = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Names that a text field may offer. */
export function namesIn(pool: PoolDocument, names: "fund" | "class" | "group" | "none"): readonly string[] {
  switch (names) {
    case "fund":
      return Object.keys(pool.funds ?? {});
    case "class":
      return (pool.classes ?? []).map(({ id }) => id);
    case "group":
      return Object.keys(pool.groups ?? {});
    case "none":
      return [];
  }
}

/** The parameters with one value set at a path, or left out where it is `undefined`. */
export function setAt(
  parameters: { readonly [key: string]: Json },
  path: readonly string[],
  value: Json | undefined,
): { readonly [key: string]: Json } {
  const [key, ...rest] = path as [string, ...string[]];
  const { [key]: before, ...others } = parameters;
  let member = value;
  if (rest.length > 0) {
    const inner = setAt(isObject(before) ? before : {}, rest, value);
    member = Object.keys(inner).length === 0 ? undefined : inner;
  }
  if (member === undefined) return others;
  return before === undefined ? { ...parameters, [key]: member } : { ...parameters, [key]: member };
}

/** The value at a path. */
export function valueAt(parameters: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    parameters,
  );
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Why a policy refuses a layer, or nothing. */
export function refusalOf(layer: LayerDocument): string | undefined {
  try {
    openWaterfall(
      { format: "shortfall-waterfall/1", id: "one", version: "1", layers: [{ ...layer, cap: 0n }] },
      catalogueRegistry,
    );
    return undefined;
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    return "received" in error ? String(error.received) : error.message;
  }
}
