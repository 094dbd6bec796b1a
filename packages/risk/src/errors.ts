import { ShortfallError } from "@shortfall/core";

/** An input for which a figure has no meaning. */
export class RiskInputError extends ShortfallError {
  readonly code = "SF_RISK_INPUT";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Risk input "${field}": expected ${expected}, got ${received}.`);
  }
}
