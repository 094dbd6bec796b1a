import { canonicalJson } from "../journal/canonical.js";
import type { Absorption, LayerView, LossRequest, PoolFacts } from "../ports/policy.js";
import { watchAmbient } from "./ambient.js";
import { MutatedInputError, NonDeterministicPolicyError, PolicyFailedError } from "./errors.js";
import { frozenFacts } from "./facts.js";
import { deepFreeze } from "./freeze.js";
import type { LayerState, WaterfallLayer } from "./waterfall.js";

/**
 * How much a policy is trusted.
 *
 * `checked`: it sees frozen inputs and is asked twice under watch, so that changing what it looks at, reading
 * a clock or rolling dice is refused by name. `fast`: neither; for policies that have passed the conformance suite.
 * Sums, caps and floors are enforced in both.
 */
export type PolicyTrust = "checked" | "fast";

export interface WaterfallOptions {
  /** `checked` where absent. */
  readonly trust?: PolicyTrust;
}

/** What a layer's policy is shown. */
export function layerView(
  layer: WaterfallLayer,
  own: LayerState,
  facts: PoolFacts,
  trust: PolicyTrust,
): LayerView<unknown, unknown> {
  const view = {
    layer: layer.id,
    parameters: layer.parameters,
    state: own.state,
    pool: trust === "checked" ? frozenFacts(facts) : facts,
    unreimbursed: unreimbursed(own),
  };
  return trust === "checked" ? Object.freeze(view) : view;
}

/** What a layer has taken and not got back, over all deficits. */
export const unreimbursed = (own: LayerState): bigint =>
  own.taken > own.restored ? own.taken - own.restored : 0n;

/**
 * Asks a policy and turns whatever it does wrong into a refusal with its name.
 *
 * @throws {PolicyFailedError} it threw. @throws {MutatedInputError} @throws {NonDeterministicPolicyError}
 */
export function consult<T>(layer: WaterfallLayer, trust: PolicyTrust, ask: () => T): T {
  if (trust === "fast") return guarded(layer, ask);
  const answer = withoutAmbient(layer, ask);
  const first = plainText(layer, answer);
  const second = plainText(layer, withoutAmbient(layer, ask));
  if (first !== second) {
    throw new NonDeterministicPolicyError(
      layer.id,
      layer.policy.id,
      `asked twice, it answered ${first} and then ${second}`,
    );
  }
  return deepFreeze(answer);
}

function withoutAmbient<T>(layer: WaterfallLayer, ask: () => T): T {
  const watch = watchAmbient();
  let answer: T;
  try {
    answer = guarded(layer, ask);
  } finally {
    watch.stop();
  }
  if (watch.used !== undefined)
    throw new NonDeterministicPolicyError(layer.id, layer.policy.id, `it used ${watch.used}`);
  return answer;
}

/** Asks a policy to absorb, under watch. */
export const absorbChecked = (
  layer: WaterfallLayer,
  view: LayerView<unknown, unknown>,
  loss: LossRequest,
): Absorption<unknown> => consult(layer, "checked", () => layer.policy.absorb(view, loss));

/** The same for a trusted policy's absorb, without a closure: this is the hot path. */
export function absorbTrusted(
  layer: WaterfallLayer,
  view: LayerView<unknown, unknown>,
  loss: LossRequest,
): Absorption<unknown> {
  try {
    return layer.policy.absorb(view, loss);
  } catch (cause) {
    throw policyFault(layer, cause);
  }
}

function guarded<T>(layer: WaterfallLayer, ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    throw policyFault(layer, cause);
  }
}

function policyFault(layer: WaterfallLayer, cause: unknown): MutatedInputError | PolicyFailedError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof TypeError && MUTATION.test(message)
    ? new MutatedInputError(layer.id, layer.policy.id, message, { cause })
    : new PolicyFailedError(layer.id, layer.policy.id, `it failed with "${message}"`, { cause });
}

/** How engines word a write to something frozen. */
const MUTATION =
  /read[ -]?only|not extensible|non-extensible|Cannot (delete|redefine|define|add) property|can't (delete|define|redefine)|non-configurable/i;

/** An answer as text; only plain data has one. */
function plainText(layer: WaterfallLayer, answer: unknown): string {
  requirePlain(layer, answer, "its answer");
  return canonicalJson(answer);
}

function requirePlain(layer: WaterfallLayer, value: unknown, at: string): void {
  if (typeof value === "function" || typeof value === "symbol")
    throw new PolicyFailedError(layer.id, layer.policy.id, `${at} is a ${typeof value}, not plain data`);
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new PolicyFailedError(layer.id, layer.policy.id, `${at} is ${value}; amounts are bigint`);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) requirePlain(layer, item, `${at}[${index}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new PolicyFailedError(layer.id, layer.policy.id, `${at} is a class instance, not plain data`);
  for (const [key, item] of Object.entries(value)) requirePlain(layer, item, `${at}.${key}`);
}

/** @throws {PolicyFailedError} `value` is not a bigint. */
export function requireAmount(layer: WaterfallLayer, value: unknown, quantity: string): void {
  if (typeof value !== "bigint") {
    throw new PolicyFailedError(
      layer.id,
      layer.policy.id,
      `${quantity} is ${typeof value === "undefined" ? "missing" : `a ${typeof value}`}, not a bigint`,
    );
  }
}
