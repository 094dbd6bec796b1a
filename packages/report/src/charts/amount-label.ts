/** Width of a digit at most, and of a comma or point, as parts of the size. */
const DIGIT = 0.556;
const MARK = 0.28;

/** A safe bound of the width of an amount's text. */
export function amountWidth(amount: string, size: number): number {
  const marks = amount.replace(/[^,.]/g, "").length;
  return ((amount.length - marks) * DIGIT + marks * MARK) * size;
}
