import type { RiskResult } from "@shortfall/risk";
import { concentration } from "./concentration.js";
import { contagion } from "./contagion.js";
import { riskLayers } from "./risk-layers.js";
import { riskLosses } from "./risk-losses.js";
import { riskPrices } from "./risk-prices.js";

/** The parts of a page that show risk results; those without data are left out. */
export const riskSections = (risk: RiskResult): string[] => [
  riskLosses(risk),
  riskLayers(risk),
  riskPrices(risk),
  concentration(risk),
  contagion(risk),
];
