import type { RecordedLine } from "../ctoken/recorded-line.js";
import type { VenusState } from "./state.js";

/** Contract that a recorded call goes to. */
export function touchedBy({ constants, pool }: VenusState, line: RecordedLine): readonly string[] {
  const { type, market } = line.action;
  switch (type) {
    case "riskFundSync":
      return [constants.riskFund];
    case "startAuction":
    case "restartAuction":
    case "placeBid":
    case "closeAuction":
      return [constants.shortfall];
    case "setPrice":
      return [constants.oracle];
    case "enterMarkets":
    case "healAccount":
    case "liquidateAccount":
      return [pool.comptroller];
    default:
      return typeof market === "string" ? [market.toLowerCase()] : [];
  }
}
