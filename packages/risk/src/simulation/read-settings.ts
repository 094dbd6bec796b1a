import type { RiskInput } from "../input.js";
import type { CrashSimulation, SimulatedPosition } from "./settings.js";

/** Settings of a simulation from JSON. @throws {RiskInputError} naming the field. */
export function readSimulation(input: RiskInput): CrashSimulation {
  const oracle = input.object("oracle");
  const keeper = input.object("keeper");
  return {
    dt: input.number("dt"),
    lt: input.number("lt"),
    bonus: input.number("bonus"),
    closeFactor: input.number("closeFactor"),
    fullCloseBelowHf: input.optionalNumber("fullCloseBelowHf") ?? 0,
    oracle: {
      deviation: oracle.number("deviation"),
      heartbeat: oracle.number("heartbeat"),
      delaySteps: oracle.number("delaySteps"),
    },
    dex: input.has("dex")
      ? {
          x0: input.object("dex").number("x0"),
          fee: input.object("dex").number("fee"),
          recovery: input.object("dex").number("recovery"),
        }
      : null,
    keeper: {
      maxDebtPerStep: keeper.optionalNumber("maxDebtPerStep") ?? null,
      maxCountPerStep: keeper.optionalNumber("maxCountPerStep") ?? null,
      latencySteps: keeper.optionalNumber("latencySteps") ?? 0,
      minProfit: keeper.optionalNumber("minProfit") ?? 0,
    },
    gas: Array.isArray(input.raw("gas")) ? input.numbers("gas") : input.number("gas"),
  };
}

/** `positions: [{ collateral, debt }]`. @throws {RiskInputError} naming the field. */
export const readPositions = (input: RiskInput): SimulatedPosition[] =>
  input.objects("positions").map((position) => ({
    collateral: position.number("collateral"),
    debt: position.number("debt"),
  }));
