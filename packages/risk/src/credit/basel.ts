import { RiskInputError } from "../errors.js";
import { normalCdf, normalQuantile } from "../normal.js";

/** Exposure classes of the internal-ratings approach. */
export interface IrbExposure {
  readonly kind: "corporate" | "mortgage" | "retail" | "qrre";
  readonly lgd: number;
  /** Annual sales in millions, for the size adjustment of corporates; null for none. */
  readonly turnover: number | null;
}

/**
 * Risk weights in percent of the asymptotic single-factor model (Basel II, June 2006, paragraphs 272, 328 to
 * 330, without the later scaling factor).
 */
export function asrfRiskWeight(pd: number, maturity: number, exposure: IrbExposure): number {
  const r = correlation(pd, exposure);
  const stressed = normalCdf((normalQuantile(pd) + Math.sqrt(r) * normalQuantile(0.999)) / Math.sqrt(1 - r));
  const capital = exposure.lgd * (stressed - pd);
  return 1250 * capital * (exposure.kind === "corporate" ? maturityAdjustment(pd, maturity) : 1);
}

function maturityAdjustment(pd: number, maturity: number): number {
  const b = (0.11852 - 0.05478 * Math.log(pd)) ** 2;
  return (1 + (maturity - 2.5) * b) / (1 - 1.5 * b);
}

function correlation(pd: number, { kind, turnover }: IrbExposure): number {
  const between = (low: number, high: number, speed: number): number => {
    const weight = (1 - Math.exp(-speed * pd)) / (1 - Math.exp(-speed));
    return low * weight + high * (1 - weight);
  };
  switch (kind) {
    case "mortgage":
      return 0.15;
    case "qrre":
      return 0.04;
    case "retail":
      return between(0.03, 0.16, 35);
    case "corporate": {
      const size = turnover === null ? 0 : 0.04 * (1 - (Math.min(50, Math.max(5, turnover)) - 5) / 45);
      return between(0.12, 0.24, 50) - size;
    }
    default:
      throw new RiskInputError("kind", "corporate, mortgage, retail or qrre", String(kind));
  }
}
