import { ShortfallError } from "@shortfall/math";

/** An id that the ledger does not have. */
export class UnknownIdError extends ShortfallError {
  readonly code = "SF_UNKNOWN_ID";

  constructor(
    /** `pool`, `class`, `fund`, `collateral`, `deficit`, `epoch`. */
    readonly what: string,
    readonly id: string,
    readonly known: readonly string[],
  ) {
    super(`There is no ${what} "${id}". Use one of: ${known.join(", ") || "none is defined yet"}.`);
  }
}

/** A pool's definition contradicts itself. */
export class PoolDefinitionError extends ShortfallError {
  readonly code = "SF_POOL_DEFINITION";

  constructor(
    readonly pool: string,
    /** Path in the definition, such as `classes[1].id`. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(`Pool "${pool}" cannot be opened: ${field} ${reason}.`);
  }
}

/** An amount that an action cannot work with. */
export class AmountError extends ShortfallError {
  readonly code = "SF_AMOUNT";

  constructor(
    readonly action: string,
    readonly field: string,
    readonly value: bigint,
    readonly expected: string,
  ) {
    super(`Action "${action}": ${field} is ${value}; give ${expected}.`);
  }
}

/** An action would pass a cap of the pool. */
export class LimitError extends ShortfallError {
  readonly code = "SF_LIMIT";

  constructor(
    readonly pool: string,
    /** Such as `supply cap of class "senior"`. */
    readonly limit: string,
    readonly maximum: bigint,
    readonly wanted: bigint,
  ) {
    super(`Pool "${pool}": the ${limit} is ${maximum}, this would make it ${wanted}. Ask for less.`);
  }
}

/** The pool (or a fund) does not hold the tokens. */
export class InsufficientCashError extends ShortfallError {
  readonly code = "SF_INSUFFICIENT_CASH";

  constructor(
    readonly pool: string,
    readonly available: bigint,
    readonly wanted: bigint,
  ) {
    super(
      `Pool "${pool}" holds ${available} in cash, ${wanted} are needed. The rest is lent out: wait for repayments or ask for less.`,
    );
  }
}

/** An account is not named by a text. */
export class AccountNameError extends ShortfallError {
  readonly code = "SF_ACCOUNT_NAME";

  constructor(
    readonly action: string,
    readonly received: string,
  ) {
    super(`${action}: an account is a non-empty text, not ${received}. Check the spelling of the field.`);
  }
}

/** An action of no known kind. */
export class UnknownActionError extends ShortfallError {
  readonly code = "SF_UNKNOWN_ACTION";

  constructor(
    readonly received: string,
    readonly known: readonly string[],
  ) {
    super(`There is no action "${received}". There are: ${known.join(", ")}.`);
  }
}

/** An account, fund or reserve holds less than the action takes from it. */
export class InsufficientBalanceError extends ShortfallError {
  readonly code = "SF_INSUFFICIENT_BALANCE";

  constructor(
    readonly pool: string,
    /** What is short, such as `shares of class "main"`. */
    readonly quantity: string,
    readonly owner: string,
    readonly held: bigint,
    readonly wanted: bigint,
  ) {
    super(
      `Pool "${pool}": "${owner}" has ${held} ${quantity}, ${wanted} are needed. Ask for at most ${held}.`,
    );
  }
}

/** Shares exist but nothing stands behind them, so that a deposit has no price. */
export class UndefinedPriceError extends ShortfallError {
  readonly code = "SF_UNDEFINED_PRICE";

  constructor(
    readonly pool: string,
    readonly shareClass: string,
    readonly shares: bigint,
  ) {
    super(
      `Class "${shareClass}" of pool "${pool}" has ${shares} shares worth nothing: a deposit would have no price. ` +
        "Recapitalise it (the present holders get the benefit) or retire its shares first.",
    );
  }
}

/** An amount too small to move a single share: one side would get something for nothing. */
export class ZeroSharesError extends ShortfallError {
  readonly code = "SF_ZERO_SHARES";

  constructor(
    readonly pool: string,
    readonly action: string,
    readonly assets: bigint,
  ) {
    super(
      `Pool "${pool}": ${assets} base units are worth less than one share, so "${action}" would move none. Use a larger amount.`,
    );
  }
}

/** Nobody holds shares that could receive or bear an amount. */
export class NoHoldersError extends ShortfallError {
  readonly code = "SF_NO_HOLDERS";

  constructor(
    readonly pool: string,
    readonly bearer: string,
    readonly action: string,
  ) {
    super(`Pool "${pool}": nobody holds shares of "${bearer}", so "${action}" would reach no one.`);
  }
}

/** A liquidation repays more of the debt than the close factor lets it. */
export class CloseFactorError extends ShortfallError {
  readonly code = "SF_CLOSE_FACTOR";

  constructor(
    readonly pool: string,
    readonly borrower: string,
    readonly maximum: bigint,
    readonly wanted: bigint,
  ) {
    super(
      `Pool "${pool}": the close factor lets a liquidation repay ${maximum} of "${borrower}"'s debt, ${wanted} were offered.`,
    );
  }
}

/** A realised write-off while there is still collateral to seize. */
export class CollateralRemainsError extends ShortfallError {
  readonly code = "SF_COLLATERAL_REMAINS";

  constructor(
    readonly pool: string,
    readonly borrower: string,
    readonly asset: string,
    readonly amount: bigint,
  ) {
    super(
      `Pool "${pool}": "${borrower}" still has ${amount} ${asset} posted. Liquidate it first, mark the loss as ` +
        'provisional, or say what happens to it with `collateral: "keep"` or `"give"`.',
    );
  }
}

/** An idempotency key came back with another action. */
export class IdempotencyConflictError extends ShortfallError {
  readonly code = "SF_IDEMPOTENCY_CONFLICT";

  constructor(
    readonly key: string,
    /** Sequence of the entry that the key stands for. */
    readonly sequence: number,
  ) {
    super(
      `Key "${key}" was used for entry ${sequence} with other content. Repeat that action unchanged or use a new key.`,
    );
  }
}

/** An action is dated before what the pool has already seen. */
export class TimeOrderError extends ShortfallError {
  readonly code = "SF_TIME_ORDER";

  constructor(
    readonly pool: string,
    readonly last: number,
    readonly given: number,
  ) {
    super(`Pool "${pool}" stands at timestamp ${last}; an action at ${given} comes too late.`);
  }
}

/** A position that is not one. */
export class PositionError extends ShortfallError {
  readonly code = "SF_POSITION";

  constructor(
    readonly pool: string,
    readonly field: string,
    readonly value: number,
  ) {
    super(`Pool "${pool}": the ${field} is ${value}; give whole seconds since 1970.`);
  }
}

/** A policy asks for something that this pool's rules cannot express, or that a provisional mark may not do. */
export class UnsupportedEffectError extends ShortfallError {
  readonly code = "SF_UNSUPPORTED_EFFECT";

  constructor(
    readonly pool: string,
    readonly layer: string,
    readonly effect: string,
    readonly reason: string,
  ) {
    super(`Pool "${pool}", layer "${layer}": effect "${effect}" is not possible here: ${reason}.`);
  }
}

/** A provisional write-off can no longer be undone or completed exactly. */
export class ProvisionError extends ShortfallError {
  readonly code = "SF_PROVISION";

  constructor(
    readonly deficit: string,
    readonly action: string,
    readonly reason: string,
  ) {
    super(`Provisional deficit "${deficit}" cannot be ${action}: ${reason}.`);
  }
}

/** A layer's own action was refused by its policy. */
export class LayerActionRefusedError extends ShortfallError {
  readonly code = "SF_LAYER_ACTION_REFUSED";

  constructor(
    readonly pool: string,
    readonly layer: string,
    readonly action: string,
    readonly reason: string,
  ) {
    super(`Pool "${pool}": layer "${layer}" refused "${action}": ${reason}.`);
  }
}
