import { ShortfallError } from "@shortfall/core";

/** A format cannot hold an amount exactly. */
export class ExportPrecisionError extends ShortfallError {
  readonly code = "SF_EXPORT_PRECISION";

  constructor(
    readonly format: string,
    readonly account: string,
    readonly amount: string,
    readonly digits: number,
    readonly limit: number,
  ) {
    super(
      `${account} reaches ${amount}, which has ${digits} significant digits; ${format} computes with ${limit} and would round. Export to hledger or ledger, which are exact.`,
    );
  }
}
