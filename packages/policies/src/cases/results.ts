import { CaseError } from "./errors.js";

/** What an action returned. */
export type Result = Readonly<Record<string, unknown>>;

/** An amount from an action's result. @throws {CaseError} it is not one. */
export function resultAmount(result: Result, key: string): bigint {
  const value = result[key];
  if (typeof value === "bigint") return value;
  throw new CaseError("", key, "an amount in the action's result", String(value));
}

/** An object from an action's result. @throws {CaseError} it is not one. */
export function resultObject(result: Result, key: string): Result {
  const value = result[key];
  if (isObject(value)) return value;
  throw new CaseError("", key, "an object in the action's result", String(value));
}

/** Members of an object of objects, in their order. @throws {CaseError} a member is not an object. */
export const resultObjects = (result: Result): [string, Result][] =>
  Object.keys(result).map((key) => [key, resultObject(result, key)]);

const isObject = (value: unknown): value is Result =>
  typeof value === "object" && value !== null && !Array.isArray(value);
