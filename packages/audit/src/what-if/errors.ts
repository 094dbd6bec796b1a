import { ShortfallError } from "@shortfall/core";

/** The native and the alternative run do not add up to the same losses: one of them is accounted wrongly. */
export class WhatIfNotConservedError extends ShortfallError {
  readonly code = "SF_WHAT_IF_NOT_CONSERVED";

  constructor(
    readonly asset: string,
    readonly side: "native" | "alternative",
    readonly expected: bigint,
    readonly found: bigint,
  ) {
    super(
      `${asset}: the ${side} run gives ${found} to holders, funds, reserves and the rest, but ${expected} were lost net of recoveries. Report this with the history and the waterfall.`,
    );
  }
}

/** What is asked of a history does not fit it, or the file that asks is malformed. */
export class WhatIfDefinitionError extends ShortfallError {
  readonly code = "SF_WHAT_IF_DEFINITION";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`${field}: expected ${expected}, got ${received}. docs/what-if.md shows the format.`);
  }
}

/** The history's model does not say who held shares when a loss came. */
export class WhatIfUnsupportedError extends ShortfallError {
  readonly code = "SF_WHAT_IF_UNSUPPORTED";

  constructor(readonly protocol: string) {
    super(
      `The ${protocol} model does not tell who held shares at a write-off. Give it \`lossMoment\` to run it under another waterfall.`,
    );
  }
}
