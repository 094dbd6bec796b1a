import { allocateLargestRemainder } from "@shortfall/math";
import { BigNumber } from "bignumber.js";
import { allocate, dinero, toSnapshot } from "dinero.js/bigint";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const HOLDERS = 10_000;
const Decimal = BigNumber.clone({ DECIMAL_PLACES: 0, ROUNDING_MODE: BigNumber.ROUND_DOWN });
const USD = { code: "USD", base: 10n, exponent: 6n };

/**
 * One loss over ten thousand holders, against a money library and a decimal one. All conserve the sum or leave its
 * dust; dinero.js hands the leftovers out by another rule, so only sums are compared with it.
 */
export function allocation(options: { full: boolean }): GroupResult {
  const weights = Array.from({ length: HOLDERS }, (_, k) => 10n ** 18n + BigInt(k * 7919) * 10n ** 12n);
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const loss = 123_456_789_012_345n;
  const decimalWeights = weights.map((weight) => new Decimal(weight.toString()));
  const [decimalLoss, decimalTotal] = [new Decimal(loss.toString()), new Decimal(total.toString())];
  const money = dinero({ amount: loss, currency: USD });
  const contenders: (Contender & { run(): bigint })[] = [
    {
      name: "largest remainder",
      operations: HOLDERS,
      run: () => sumOf(allocateLargestRemainder(loss, weights).parts),
    },
    {
      name: "dinero.js, bigint",
      operations: HOLDERS,
      run: () => sumOf(allocate(money, weights).map((part) => toSnapshot(part).amount)),
    },
    {
      name: "bignumber.js, floor",
      operations: HOLDERS,
      run() {
        const parts = decimalWeights.map((weight) => decimalLoss.times(weight).idiv(decimalTotal));
        return BigInt(parts.reduce((sum, part) => sum.plus(part), new Decimal(0)).toFixed());
      },
    },
  ];
  const [ours, theirs, floored] = contenders.map((contender) => contender.run());
  if (ours !== loss || theirs !== loss || floored! > loss || floored! < loss - BigInt(HOLDERS))
    throw new Error(`Of ${loss}, ${ours}, ${theirs} and ${floored} were given out.`);
  const timings = measure(contenders, options.full ? 15 : 9);
  return {
    group: `a loss over ${HOLDERS.toLocaleString("en")} holders, ns a holder`,
    timings,
    ratios: [
      ratioOf("dinero.js over largest remainder", timings[1]!, timings[0]!, "at-least", 1),
      ratioOf("bignumber.js over largest remainder", timings[2]!, timings[0]!, "at-least", 2),
    ],
  };
}

const sumOf = (parts: readonly bigint[]): bigint => parts.reduce((sum, part) => sum + part, 0n);
