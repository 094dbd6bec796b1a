import {
  type FieldFailure,
  Fields,
  parseWaterfallDefinition,
  type WaterfallDefinition,
} from "@shortfall/core";
import { WhatIfDefinitionError } from "./errors.js";

/**
 * What stays as it was between losses.
 *
 * `shares`: every movement of shares. A class's claim differs by what it lost more or less before, and so do
 * those who hold it then. `assets`: every movement's amount of assets, capped by what its holder would have
 * owned. A difference stays with whoever it came to, even after he has left.
 */
export type WhatIfRule = "shares" | "assets";

/** Capital that the alternative starts with. Every pool gets its own, unless `pool` names one. */
export interface WhatIfFund {
  readonly id: string;
  /** Base units of `asset`, or of the pool's asset. */
  readonly balance: bigint;
  readonly floor?: bigint;
  readonly asset?: string;
  readonly pool?: string;
}

/** A class of the alternative, made of holders of a class that the pool has. */
export interface WhatIfClass {
  readonly id: string;
  /** The pool's class; its only one where absent. */
  readonly of?: string;
  /** `rest`: whoever no other class of the same pool class names. */
  readonly holders: "rest" | readonly string[];
  /** Keeps its shares' worth as an index, as `index-writedown` needs and most other policies refuse. */
  readonly indexed?: boolean;
}

/** An alternative waterfall with all it needs that the history does not have. */
export interface WhatIfDefinition {
  readonly waterfall: WaterfallDefinition;
  readonly funds: readonly WhatIfFund[];
  /** Senior first. Empty: the pool's own classes. */
  readonly classes: readonly WhatIfClass[];
  /** By asset, all on one scale per base unit; for layers that pay in another asset. */
  readonly prices: Readonly<Record<string, bigint>>;
  /** Amounts by account, by group. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, bigint>>>>;
  /** Pools to run. All that had losses of their own where absent. */
  readonly pools?: readonly string[];
}

const failure: FieldFailure = (field, expected, received) =>
  new WhatIfDefinitionError(field, expected, received);

const KEYS = ["format", "waterfall", "funds", "classes", "prices", "groups", "pools"];

/**
 * Reads a `shortfall-whatif/1` document, or a bare `shortfall-waterfall/1`, which starts without funds and on
 * the pool's own classes.
 *
 * @throws {WhatIfDefinitionError} {@link WaterfallDefinitionError} naming the field.
 */
export function parseWhatIfDefinition(input: unknown): WhatIfDefinition {
  const fields = new Fields(input, "", failure);
  const format = fields.string("format");
  if (format === "shortfall-waterfall/1") {
    return { waterfall: parseWaterfallDefinition(input), funds: [], classes: [], prices: {}, groups: {} };
  }
  if (format !== "shortfall-whatif/1")
    throw failure("format", '"shortfall-whatif/1" or "shortfall-waterfall/1"', `"${format}"`);
  requireKeys(fields, KEYS);
  const funds = fields.has("funds") ? fields.objects("funds").map(readFund) : [];
  const classes = fields.has("classes") ? fields.objects("classes").map(readClass) : [];
  requireOnce(
    funds.map(({ id, pool }) => `${pool ?? "every pool"}'s ${id}`),
    "funds",
  );
  requireOnce(
    classes.map(({ id }) => id),
    "classes",
  );
  for (const of of new Set(classes.map((entry) => entry.of)))
    requireApart(classes.filter((entry) => entry.of === of));
  return {
    waterfall: parseWaterfallDefinition(fields.raw("waterfall")),
    funds,
    classes,
    prices: fields.has("prices") ? amounts(fields.object("prices")) : {},
    groups: fields.has("groups") ? readGroups(fields.object("groups")) : {},
    ...(fields.has("pools") ? { pools: fields.strings("pools") } : {}),
  };
}

function readFund(fields: Fields): WhatIfFund {
  requireKeys(fields, ["id", "balance", "floor", "asset", "pool"]);
  return {
    id: fields.string("id"),
    balance: fields.amount("balance"),
    ...(fields.has("floor") ? { floor: fields.amount("floor") } : {}),
    ...(fields.has("asset") ? { asset: fields.string("asset") } : {}),
    ...(fields.has("pool") ? { pool: fields.string("pool") } : {}),
  };
}

function readClass(fields: Fields): WhatIfClass {
  requireKeys(fields, ["id", "of", "holders", "indexed"]);
  return {
    id: fields.string("id"),
    ...(fields.has("of") ? { of: fields.string("of") } : {}),
    holders: fields.raw("holders") === "rest" ? "rest" : fields.strings("holders"),
    ...(fields.has("indexed") ? { indexed: fields.boolean("indexed") } : {}),
  };
}

const readGroups = (fields: Fields) =>
  Object.fromEntries(fields.keys().map((id) => [id, amounts(fields.object(id), true)]));

/** Only amounts of a group may be negative: gains, or open interest of one side. */
const amounts = (fields: Fields, signed = false): Record<string, bigint> =>
  Object.fromEntries(fields.keys().map((key) => [key, fields.amount(key, signed)]));

/** Classes of one pool class share no holder, and at most one takes the rest. */
function requireApart(classes: readonly WhatIfClass[]): void {
  requireOnce(
    classes.flatMap(({ holders }) => (holders === "rest" ? ["rest"] : holders)),
    "classes.holders",
  );
  if (!classes.some(({ holders }) => holders === "rest"))
    throw failure("classes", 'one class with "holders": "rest"', "lists of holders only");
}

function requireOnce(names: readonly string[], field: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw failure(field, "each once", `"${twice}" twice`);
}

function requireKeys(fields: Fields, known: readonly string[]): void {
  const strange = fields.keys().find((key) => !known.includes(key));
  if (strange !== undefined)
    throw failure(
      fields.path === "" ? strange : `${fields.path}.${strange}`,
      `one of ${known.join(", ")}`,
      "an unknown key",
    );
}
