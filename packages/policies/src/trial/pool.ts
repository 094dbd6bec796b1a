import { type Fields, type PoolFacts, poolFacts } from "@shortfall/core";
import { TrialError } from "./errors.js";

/** Facts of a pool with what people need to read its amounts. */
export interface TrialPool {
  readonly facts: PoolFacts;
  /** Digits after the point of the pool's asset; 0 where the document does not say. */
  readonly decimals: number;
}

export const trialFailure = (field: string, expected: string, received: string): TrialError =>
  new TrialError(field, expected, received);

const CLASS_KEYS = ["id", "assets", "shares", "index", "virtual", "holders"];

/**
 * Reads a pool from JSON: amounts are decimal strings of base units, missing parts are 0. A fund is its balance,
 * or an object with `balance`, `floor` and `asset`. Classes stand senior first; one without `shares` has as many
 * as assets.
 *
 * @throws {TrialError} naming the field.
 */
export function readTrialPool(fields: Fields): TrialPool {
  requireKnown(fields, [
    "asset",
    "decimals",
    "cash",
    "loans",
    "reserves",
    "reservesFloor",
    "funds",
    "classes",
    "groups",
    "prices",
  ]);
  const facts = poolFacts({
    asset: fields.has("asset") ? fields.string("asset") : "asset",
    cash: optionalAmount(fields, "cash"),
    loans: optionalAmount(fields, "loans"),
    reserves: fields.has("reserves") ? fields.amount("reserves", true) : 0n,
    ...readFloor(fields),
    funds: fields.has("funds") ? readFunds(fields.object("funds")) : [],
    classes: fields.has("classes") ? fields.objects("classes").map(readClass) : [],
    ...(fields.has("groups") ? { groups: readGroups(fields.object("groups")) } : {}),
    ...(fields.has("prices") ? { prices: readAmounts(fields.object("prices")) } : {}),
  });
  const decimals = fields.has("decimals") ? fields.integer("decimals") : 0;
  if (decimals < 0 || decimals > 36) throw trialFailure("pool.decimals", "0 to 36", `${decimals}`);
  const ids = facts.classes.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw trialFailure("pool.classes", "each class once", `"${twice}" twice`);
  return { facts, decimals };
}

function readFloor(fields: Fields): { readonly reservesFloor?: bigint | "none" } {
  if (!fields.has("reservesFloor")) return {};
  return { reservesFloor: fields.raw("reservesFloor") === "none" ? "none" : fields.amount("reservesFloor") };
}

function readFunds(fields: Fields) {
  return fields.keys().map((id) => {
    if (typeof fields.raw(id) !== "object") return { id, balance: fields.amount(id) };
    const fund = fields.object(id);
    requireKnown(fund, ["balance", "floor", "asset"]);
    return {
      id,
      balance: fund.amount("balance"),
      ...(fund.has("floor") ? { floor: fund.amount("floor") } : {}),
      ...(fund.has("asset") ? { asset: fund.string("asset") } : {}),
    };
  });
}

function readClass(fields: Fields) {
  requireKnown(fields, CLASS_KEYS);
  const assets = fields.amount("assets");
  return {
    id: fields.string("id"),
    assets,
    shares: fields.has("shares") ? fields.amount("shares") : assets,
    ...(fields.has("holders") ? { holders: readAmounts(fields.object("holders")) } : {}),
    ...(fields.has("index") ? { index: readIndex(fields.object("index")) } : {}),
    ...(fields.has("virtual") ? { virtual: readVirtual(fields.object("virtual")) } : {}),
  };
}

function readIndex(fields: Fields) {
  const divisor = fields.amount("divisor");
  if (divisor === 0n) throw trialFailure(`${fields.path}.divisor`, "a positive amount", "0");
  return { value: fields.amount("value"), divisor };
}

const readVirtual = (fields: Fields) => ({
  assets: fields.amount("assets"),
  shares: fields.amount("shares"),
});

export const readAmounts = (fields: Fields, signed = false): Record<string, bigint> =>
  Object.fromEntries(fields.keys().map((key) => [key, fields.amount(key, signed)]));

const readGroups = (fields: Fields) =>
  Object.fromEntries(fields.keys().map((id) => [id, readAmounts(fields.object(id), true)]));

const optionalAmount = (fields: Fields, key: string): bigint => (fields.has(key) ? fields.amount(key) : 0n);

/** @throws {TrialError} a key that the format does not have. */
export function requireKnown(fields: Fields, known: readonly string[]): void {
  const strange = fields.keys().find((key) => !known.includes(key));
  if (strange === undefined) return;
  throw trialFailure(
    fields.path === "" ? strange : `${fields.path}.${strange}`,
    `one of ${known.join(", ")}`,
    "an unknown key",
  );
}
