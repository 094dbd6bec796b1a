import { ShortfallError } from "@shortfall/math";

/** A waterfall's JSON is not what it must be. */
export class WaterfallDefinitionError extends ShortfallError {
  readonly code = "SF_WATERFALL_DEFINITION";

  constructor(
    /** Path in the document, such as `layers[2].policy`. */
    readonly field: string,
    readonly expected: string,
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(`Waterfall field "${field}": expected ${expected}, got ${received}.`, options);
  }
}

/** A request to a waterfall makes no sense: a negative amount, a layer it does not have. */
export class WaterfallRequestError extends ShortfallError {
  readonly code = "SF_WATERFALL_REQUEST";

  constructor(
    readonly waterfall: string,
    readonly reason: string,
  ) {
    super(`Waterfall "${waterfall}" cannot run: ${reason}.`);
  }
}

/** A policy broke a rule that the engine enforces. Nothing has changed. */
export abstract class PolicyFaultError extends ShortfallError {
  constructor(
    readonly layer: string,
    readonly policy: string,
    fault: string,
    options?: ErrorOptions,
  ) {
    super(`Policy "${policy}" (layer "${layer}") is refused: ${fault}. Nothing was changed.`, options);
  }
}

/** It took more than it was offered. */
export class OverAllocationError extends PolicyFaultError {
  readonly code = "SF_OVER_ALLOCATION";

  constructor(
    layer: string,
    policy: string,
    readonly allocated: bigint,
    readonly offered: bigint,
  ) {
    super(layer, policy, `it allocated ${allocated} of the ${offered} it was offered`);
  }
}

/** It took more than its own capacity says. */
export class CapacityExceededError extends PolicyFaultError {
  readonly code = "SF_CAPACITY_EXCEEDED";

  constructor(
    layer: string,
    policy: string,
    readonly allocated: bigint,
    readonly capacity: bigint,
  ) {
    super(layer, policy, `it allocated ${allocated} above its capacity of ${capacity}`);
  }
}

/** An amount is negative. */
export class NegativeAllocationError extends PolicyFaultError {
  readonly code = "SF_NEGATIVE_ALLOCATION";

  constructor(
    layer: string,
    policy: string,
    readonly quantity: string,
    readonly value: bigint,
  ) {
    super(layer, policy, `${quantity} is ${value}`);
  }
}

/** Its effects do not sum to what it says it took or gave back. */
export class EffectSumError extends PolicyFaultError {
  readonly code = "SF_EFFECT_SUM";

  constructor(
    layer: string,
    policy: string,
    readonly stated: bigint,
    readonly effects: bigint,
  ) {
    super(layer, policy, `its effects move ${effects} but it stated ${stated}`);
  }
}

/** An effect would take a balance below its floor. */
export class FloorBrokenError extends PolicyFaultError {
  readonly code = "SF_FLOOR_BROKEN";

  constructor(
    layer: string,
    policy: string,
    /** What would fall too low, such as `fund "insurance"`. */
    readonly balance: string,
    readonly after: bigint,
    readonly floor: bigint,
  ) {
    super(layer, policy, `${balance} would fall to ${after}, below its floor of ${floor}`);
  }
}

/** An effect names something the pool does not have. */
export class UnknownBearerError extends PolicyFaultError {
  readonly code = "SF_UNKNOWN_BEARER";

  constructor(
    layer: string,
    policy: string,
    /** Such as `fund "insurance"`. */
    readonly bearer: string,
  ) {
    super(layer, policy, `the pool has no ${bearer}`);
  }
}

/** An effect states an index or dust that does not follow from the class. */
export class IndexMismatchError extends PolicyFaultError {
  readonly code = "SF_INDEX_MISMATCH";

  constructor(
    layer: string,
    policy: string,
    readonly shareClass: string,
    readonly stated: bigint,
    readonly implied: bigint,
  ) {
    super(
      layer,
      policy,
      `class "${shareClass}" would claim ${stated} by its amounts but ${implied} by its index`,
    );
  }
}

/** It tried to change what it was given to look at. */
export class MutatedInputError extends PolicyFaultError {
  readonly code = "SF_MUTATED_INPUT";

  constructor(
    layer: string,
    policy: string,
    readonly attempt: string,
    options?: ErrorOptions,
  ) {
    super(layer, policy, `it tried to change its input (${attempt})`, options);
  }
}

/** The same question could get two answers: it gave two, or used a clock or dice. */
export class NonDeterministicPolicyError extends PolicyFaultError {
  readonly code = "SF_NON_DETERMINISTIC_POLICY";

  constructor(
    layer: string,
    policy: string,
    readonly reason: string,
  ) {
    super(layer, policy, reason);
  }
}

/** It threw, or returned something that is not an answer. `cause` is what it threw. */
export class PolicyFailedError extends PolicyFaultError {
  readonly code = "SF_POLICY_FAILED";

  constructor(
    layer: string,
    policy: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(layer, policy, reason, options);
  }
}
