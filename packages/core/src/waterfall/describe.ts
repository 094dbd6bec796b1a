import type { RecoveryOrder } from "../ports/policy.js";
import type { Waterfall } from "./waterfall.js";

/**
 * A waterfall in plain words, one line a layer in loss order, then what is left and how recoveries go.
 * The same definition gives the same text.
 */
export function describeWaterfall(waterfall: Waterfall): string {
  const { definition } = waterfall;
  const lines = [
    `${definition.title ?? definition.id}, version ${definition.version}. A loss goes down these layers, each taking from what the ones before it left:`,
    ...waterfall.layers.map(
      (layer, index) =>
        `${index + 1}. ${layer.id}: ${layer.policy.describe(layer.parameters)}${
          layer.cap === undefined ? "" : ` No more than ${layer.cap} of one loss.`
        }`,
    ),
    "What no layer takes is recorded as uncovered.",
    `Recoveries: ${describeOrder(waterfall.recovery)}`,
  ];
  return lines.join("\n");
}

function describeOrder(order: RecoveryOrder): string {
  if (typeof order !== "string") {
    return `${order.join(", then ")}; each up to what it has not got back. Others get nothing.`;
  }
  switch (order) {
    case "same-order":
      return "the first layer is repaid first, what was uncovered last.";
    case "reverse-order":
      return "what was uncovered is repaid first, then the last layer, the first layer last.";
    case "senior-first":
      return "what was uncovered first, then share classes from the most senior down, then the rest.";
    case "junior-first":
      return "funds and other layers first, then share classes from the most junior up, what was uncovered last.";
    case "pro-rata":
      return "shared by what each has not got back, to the unit.";
  }
}
