export { workbook, xlsxExporter } from "./workbook.js";
