import { erfc } from "../normal.js";

export interface KupiecTest {
  /** Likelihood ratio, chi-squared with one degree of freedom. */
  readonly lr: number;
  readonly pValue: number;
}

/** Kupiec 1995: whether n periods with so many exceptions agree with an exception probability p. */
export function kupiec(n: number, exceptions: number, p: number): KupiecTest {
  const share = exceptions / n;
  const times = (count: number, x: number): number => (count === 0 ? 0 : count * Math.log(x));
  const logLikelihood = (q: number): number => times(n - exceptions, 1 - q) + times(exceptions, q);
  const lr = Math.max(0, -2 * (logLikelihood(p) - logLikelihood(share)));
  return { lr, pValue: erfc(Math.sqrt(lr / 2)) };
}

/** P(X ≤ k) of a binomial distribution, summed from logarithms so that large n does not underflow. */
export function binomialCdf(n: number, p: number, k: number): number {
  if (k >= n) return 1;
  let sum = 0;
  let logTerm = n * Math.log1p(-p);
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.min(1, sum);
}
