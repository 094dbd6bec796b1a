import { checkedMulDivDown, mulDivDown, mulDivUp } from "@shortfall/math";
import { BigNumber } from "bignumber.js";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const OPERATIONS = 100_000;
/** Operands of the usual widths, different each time, so that nothing is hoisted out of the loop. */
const A = Array.from({ length: 64 }, (_, k) => (1n << 69n) + BigInt(k * 7919));
const B = (1n << 89n) + 12345n;
const C = (1n << 89n) - 54321n;
const Decimal = BigNumber.clone({ DECIMAL_PLACES: 0, ROUNDING_MODE: BigNumber.ROUND_DOWN });

/** The unit of the other groups: one bare `a·b/c` on 70 and 90 bits. */
export const bareMulDiv = (): Contender => ({
  name: "a·b/c, bare bigint",
  operations: OPERATIONS,
  run() {
    let sum = 0n;
    for (let k = 0; k < OPERATIONS; k++) sum ^= (A[k & 63]! * B) / C;
    return sum;
  },
});

const loop = (name: string, mulDiv: (a: bigint, b: bigint, c: bigint) => bigint): Contender => ({
  name,
  operations: OPERATIONS,
  run() {
    let sum = 0n;
    for (let k = 0; k < OPERATIONS; k++) sum ^= mulDiv(A[k & 63]!, B, C);
    return sum;
  },
});

function decimalContender(): Contender {
  const operations = OPERATIONS / 10;
  const a = A.map((value) => new Decimal(value.toString()));
  const [b, c] = [new Decimal(B.toString()), new Decimal(C.toString())];
  return {
    name: "bignumber.js",
    operations,
    run() {
      let last = new Decimal(0);
      for (let k = 0; k < operations; k++) last = a[k & 63]!.times(b).idiv(c);
      return last;
    },
  };
}

/** P1: one mulDiv of each kind against the bare operator, and against the decimal library. */
export function arithmetic(options: { full: boolean }): GroupResult {
  for (const a of A) {
    const exact = (a * B) / C;
    const decimal = new Decimal(a.toString()).times(B.toString()).idiv(C.toString());
    if (decimal.toFixed() !== exact.toString())
      throw new Error(`bignumber.js gives ${decimal} for ${exact}.`);
  }
  const timings = measure(
    [
      bareMulDiv(),
      loop("mulDivDown, result in range", mulDivDown),
      loop("checkedMulDivDown, product in range", checkedMulDivDown),
      loop("mulDivUp", mulDivUp),
      decimalContender(),
    ],
    options.full ? 21 : 11,
  );
  const [bare, down, checked, up, decimal] = timings as [Timed, Timed, Timed, Timed, Timed];
  return {
    group: "one mulDiv of 70 and 90 bits",
    timings,
    ratios: [
      ratioOf("P1 mulDivDown over bare", down, bare, "at-most", 1.2),
      ratioOf("P1 checkedMulDivDown over bare", checked, bare, "at-most", 1.2),
      ratioOf("P1 mulDivUp over bare", up, bare, "at-most", 1.5),
      ratioOf("P1 bignumber.js over mulDivDown", decimal, down, "at-least", 10),
    ],
  };
}

type Timed = ReturnType<typeof measure>[number];
