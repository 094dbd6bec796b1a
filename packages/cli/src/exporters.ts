import {
  beancountExporter,
  csvExporter,
  hledgerExporter,
  jsonExporter,
  ledgerExporter,
} from "@shortfall/audit";
import type { Exporter } from "@shortfall/core";
import { xlsxExporter } from "@shortfall/report";

/** Formats that `export` writes, in the order that help lists them. */
export const EXPORTERS: readonly Exporter[] = [
  hledgerExporter,
  ledgerExporter,
  beancountExporter,
  csvExporter,
  xlsxExporter,
  jsonExporter,
];
