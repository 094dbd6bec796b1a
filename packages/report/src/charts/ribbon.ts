import { coordinate as c } from "./scale.js";

/** A band between two columns, handles at the middle. */
export function ribbon(x1: number, y1: number, x2: number, y2: number, thick: number): string {
  const middle = c((x1 + x2) / 2);
  return `M${c(x1)} ${c(y1)}C${middle} ${c(y1)} ${middle} ${c(y2)} ${c(x2)} ${c(y2)}V${c(y2 + thick)}C${middle} ${c(y2 + thick)} ${middle} ${c(y1 + thick)} ${c(x1)} ${c(y1 + thick)}Z`;
}
