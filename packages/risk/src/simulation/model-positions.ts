import type { BorrowerPosition } from "@shortfall/core";
import { RiskInputError } from "../errors.js";
import { ratio } from "../fraction.js";
import type { SimulatedPosition } from "./settings.js";

/**
 * Borrowers of a replayed history as a simulation takes them. All of an account's collateral becomes one amount
 * worth 1 a unit, so that a path that starts at 1 moves all prices alike, as a broad crash does.
 *
 * @throws {RiskInputError} collateral whose price is not known.
 */
export function modelPositions(
  positions: readonly BorrowerPosition[],
  decimals: number,
): SimulatedPosition[] {
  const unit = 10n ** BigInt(decimals);
  return positions.map(({ account, debt, collateral }) => {
    const value = collateral.reduce((sum, each) => {
      if (each.value === undefined) {
        throw new RiskInputError(`positions.${account}`, `a price of ${each.asset}`, "none in the history");
      }
      return sum + each.value;
    }, 0n);
    return { debt: ratio(debt, unit), collateral: ratio(value, unit) };
  });
}
