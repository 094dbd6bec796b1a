import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Numbers in [0, 1). Inject one to bring your own generator. */
export type UniformSource = () => number;

/**
 * A generator of its own for every path: path k of a seed is the same whoever computes it, in any order, so
 * that an interrupted run goes on where it stopped and workers can share one.
 */
export function seededSource(seed: number, path = 0): UniformSource {
  const generator = xoroshiro128plus(mix(seed | 0, path | 0));
  return () => uniformFloat64(generator);
}

/** Spreads neighbouring seeds and paths over the whole range (the finaliser of MurmurHash3, twice). */
function mix(seed: number, path: number): number {
  return finalise(finalise(seed ^ 0x9e3779b9) + path);
}

function finalise(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Standard normal numbers in pairs (Box and Muller); the first uniform is kept off 0. */
export function normalSource(uniform: UniformSource): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
