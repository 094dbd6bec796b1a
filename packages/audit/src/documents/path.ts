import { type JsonNode, member } from "./json.js";

/** A value found by a path, and what each star of the path stood for. */
export interface Found {
  readonly value: JsonNode;
  readonly stars: readonly string[];
}

/** Steps of a path such as `/markets/0/name`; `~1` is a slash inside a key, `~0` a tilde, as in RFC 6901. */
const stepsOf = (path: string): string[] =>
  path
    .split("/")
    .filter((step, index) => !(index === 0 && step === "") && step !== "")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/**
 * All values that a path leads to, in the order of the document. A star stands for every item or member; steps
 * that lead nowhere give nothing.
 */
export function select(root: JsonNode, path: string): Found[] {
  let found: Found[] = [{ value: root, stars: [] }];
  for (const step of stepsOf(path)) {
    found = found.flatMap(({ value, stars }) =>
      childrenOf(value)
        .filter(([key]) => step === "*" || key === step)
        .map(([key, child]) => ({ value: child, stars: step === "*" ? [...stars, key] : stars })),
    );
  }
  return found;
}

/** The one value at a path whose stars are given, or undefined. Of a key written twice, the last. */
export function at(root: JsonNode, path: string, stars: readonly string[] = []): JsonNode | undefined {
  let value: JsonNode | undefined = root;
  let star = 0;
  for (const step of stepsOf(path)) {
    if (value === undefined) return undefined;
    const key = step === "*" ? stars[star++] : step;
    value = key === undefined ? undefined : childOf(value, key);
  }
  return value;
}

const childOf = (value: JsonNode, key: string): JsonNode | undefined =>
  value.kind === "object"
    ? member(value, key)
    : value.kind === "array" && /^\d+$/.test(key)
      ? value.items[Number(key)]
      : undefined;

const childrenOf = (value: JsonNode): readonly (readonly [string, JsonNode])[] =>
  value.kind === "object"
    ? value.members
    : value.kind === "array"
      ? value.items.map((item, index) => [String(index), item] as const)
      : [];
