import { type AssetTotals, assetTotals, type ReportData } from "@shortfall/audit";
import type { Holders } from "./holders.js";

/** What the sections of the page are written from. */
export interface ReportView {
  readonly data: ReportData;
  readonly totals: readonly AssetTotals[];
  readonly holders: Holders;
  /** Name and decimals of an asset; an unknown one is shown in base units. */
  asset(asset: string): { readonly name: string; readonly decimals: number };
}

export const reportView = (data: ReportData, holders: Holders): ReportView => ({
  data,
  totals: assetTotals(data),
  holders,
  asset: (asset) => data.commodities.get(asset) ?? { name: asset, decimals: 0 },
});
