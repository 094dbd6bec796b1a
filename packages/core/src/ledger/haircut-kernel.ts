import { allocateLargestRemainder } from "@shortfall/math";
import { Column } from "../column.js";

/*
 * The bulk kernel that writes a class's loss out to its holders.
 *
 * Every holder's part is floor(shares · loss / total), and loss / total is one ratio for all. A bigint division
 * a holder costs most of the time, so the kernel works in 24-bit limbs held in doubles (products of two stay
 * exact) and divides by a reciprocal: with m = floor(loss · 2^144 / total), floor(shares · m / 2^144) is the part
 * or one less, as loss / total − m / 2^144 < 2^−144 and shares < 2^128. The exact remainder decides which.
 */

const LIMB = 16_777_216;
const INVERSE = 1 / LIMB;
const RECIPROCAL_BITS = 144n;
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** A loss by holder. Σ losses + dust = loss. */
export interface BulkHaircut {
  /** By account id. */
  readonly losses: Column;
  /** What rounding down left over; 0 for the largest remainder. */
  readonly dust: bigint;
}

/**
 * floor(shares · loss / total) for every row. `total` is the sum of the rows (virtual shares are one more row).
 *
 * @param rows one past the last row that may hold shares.
 */
export function haircutFloor(shares: Column, rows: number, loss: bigint, total: bigint): BulkHaircut {
  const losses = new Column(128, Math.max(rows, 1));
  if (loss === 0n || total === 0n) return { losses, dust: loss };
  const given = isWide(shares, loss, total)
    ? floorByBigint(shares, rows, loss, total, losses)
    : floorByLimbs(shares, rows, loss, total, losses, undefined);
  return { losses, dust: loss - given };
}

/**
 * The same, and what it leaves over goes to the largest remainders, one unit each; equal remainders by id.
 *
 * Remainders are compared by their top bits first: everything above the bucket in which the last unit falls
 * gets one, and only that bucket is ordered exactly.
 */
export function haircutLargestRemainder(
  shares: Column,
  rows: number,
  loss: bigint,
  total: bigint,
): BulkHaircut {
  const losses = new Column(128, Math.max(rows, 1));
  if (loss === 0n || total === 0n) return { losses, dust: loss };
  if (isWide(shares, loss, total)) {
    const weights = Array.from({ length: rows }, (_, id) => shares.get(id));
    allocateLargestRemainder(loss, weights).parts.forEach((part, id) => {
      if (part > 0n) losses.set(id, part);
    });
    return { losses, dust: 0n };
  }
  const remainders = new Remainders(rows, total);
  const left = Number(loss - floorByLimbs(shares, rows, loss, total, losses, remainders));
  if (left > 0) raiseLargest(shares, rows, loss, total, losses, remainders, left);
  return { losses, dust: 0n };
}

/** Whether the limbs do not apply: wider columns, a ratio of 1 or more, or an unusual machine. */
const isWide = (shares: Column, loss: bigint, total: bigint): boolean =>
  shares.bits !== 128 || loss >= total || total >> 128n !== 0n || !LITTLE_ENDIAN;

function floorByBigint(shares: Column, rows: number, loss: bigint, total: bigint, losses: Column): bigint {
  let given = 0n;
  for (let id = 0; id < rows; id++) {
    const part = (shares.get(id) * loss) / total;
    if (part === 0n) continue;
    losses.set(id, part);
    given += part;
  }
  return given;
}

/** Bits of a remainder's key, and of those the ones that choose its bucket. */
const BUCKET_BITS = 12;
const KEY_BITS = 32;

/** The top bits of each row's remainder, and how many rows share the first of them. */
class Remainders {
  /** By row: the remainder's top bits, of `total`'s width. */
  readonly keys: Uint32Array;
  /** Rows by bucket. Those without shares have remainder 0 and are not counted. */
  readonly counts = new Uint32Array(1 << BUCKET_BITS);
  /** What each limb of a remainder weighs in its key: the total's top limb and the one below, shifted; 0 the others. */
  readonly weights: Limbs;
  /** From a key to its bucket. */
  readonly shift: number;

  constructor(rows: number, total: bigint) {
    this.keys = new Uint32Array(rows);
    const bits = total.toString(2).length;
    const top = Math.floor((bits - 1) / 24);
    const width = bits - 24 * top + (top > 0 ? 24 : 0);
    const unit = 1 / 2 ** Math.max(0, width - KEY_BITS);
    const weigh = (limb: number) =>
      limb === top ? (top > 0 ? LIMB : 1) * unit : limb === top - 1 ? unit : 0;
    this.weights = [weigh(0), weigh(1), weigh(2), weigh(3), weigh(4), weigh(5)];
    this.shift = Math.max(0, Math.min(KEY_BITS, width) - BUCKET_BITS);
  }
}

function floorByLimbs(
  shares: Column,
  rows: number,
  loss: bigint,
  total: bigint,
  losses: Column,
  remainders: Remainders | undefined,
): bigint {
  const from = halves(shares);
  const to = halves(losses);
  const [a0, a1, a2, a3, a4, a5] = limbs(loss);
  const [t0, t1, t2, t3, t4, t5] = limbs(total);
  const [m0, m1, m2, m3, m4, m5] = limbs((loss << RECIPROCAL_BITS) / total);
  const { keys, counts, shift = 0 } = remainders ?? {};
  const [k0, k1, k2, k3, k4, k5] = remainders?.weights ?? limbs(0n);
  const end = Math.min(rows, from.length >> 2);
  let sum0 = 0,
    sum1 = 0,
    sum2 = 0,
    sum3 = 0,
    sum4 = 0,
    sum5 = 0;
  for (let id = 0; id < end; id++) {
    const base = id << 2;
    const w0 = from[base]!;
    const w1 = from[base + 1]!;
    const w2 = from[base + 2]!;
    const w3 = from[base + 3]!;
    if ((w0 | w1 | w2 | w3) === 0) continue;
    const s0 = w0 & 0xffffff;
    const s1 = (w0 >>> 24) | ((w1 & 0xffff) << 8);
    const s2 = (w1 >>> 16) | ((w2 & 0xff) << 16);
    const s3 = w2 >>> 8;
    const s4 = w3 & 0xffffff;
    const s5 = w3 >>> 24;
    // s · m: the columns below the point only carry.
    let column = s0 * m0;
    let carry = Math.floor(column * INVERSE);
    column = s0 * m1 + s1 * m0 + carry;
    carry = Math.floor(column * INVERSE);
    column = s0 * m2 + s1 * m1 + s2 * m0 + carry;
    carry = Math.floor(column * INVERSE);
    column = s0 * m3 + s1 * m2 + s2 * m1 + s3 * m0 + carry;
    carry = Math.floor(column * INVERSE);
    column = s0 * m4 + s1 * m3 + s2 * m2 + s3 * m1 + s4 * m0 + carry;
    carry = Math.floor(column * INVERSE);
    column = s0 * m5 + s1 * m4 + s2 * m3 + s3 * m2 + s4 * m1 + s5 * m0 + carry;
    carry = Math.floor(column * INVERSE);
    column = s1 * m5 + s2 * m4 + s3 * m3 + s4 * m2 + s5 * m1 + carry;
    carry = Math.floor(column * INVERSE);
    let q0 = column - carry * LIMB;
    column = s2 * m5 + s3 * m4 + s4 * m3 + s5 * m2 + carry;
    carry = Math.floor(column * INVERSE);
    let q1 = column - carry * LIMB;
    column = s3 * m5 + s4 * m4 + s5 * m3 + carry;
    carry = Math.floor(column * INVERSE);
    let q2 = column - carry * LIMB;
    column = s4 * m5 + s5 * m4 + carry;
    carry = Math.floor(column * INVERSE);
    let q3 = column - carry * LIMB;
    column = s5 * m5 + carry;
    carry = Math.floor(column * INVERSE);
    let q4 = column - carry * LIMB;
    let q5 = carry;
    // s · loss − q · total, less than twice the total, so the low limbs are all of it.
    column = s0 * a0 - q0 * t0;
    carry = Math.floor(column * INVERSE);
    let r0 = column - carry * LIMB;
    column = s0 * a1 + s1 * a0 - q0 * t1 - q1 * t0 + carry;
    carry = Math.floor(column * INVERSE);
    let r1 = column - carry * LIMB;
    column = s0 * a2 + s1 * a1 + s2 * a0 - q0 * t2 - q1 * t1 - q2 * t0 + carry;
    carry = Math.floor(column * INVERSE);
    let r2 = column - carry * LIMB;
    column = s0 * a3 + s1 * a2 + s2 * a1 + s3 * a0 - q0 * t3 - q1 * t2 - q2 * t1 - q3 * t0 + carry;
    carry = Math.floor(column * INVERSE);
    let r3 = column - carry * LIMB;
    column =
      s0 * a4 +
      s1 * a3 +
      s2 * a2 +
      s3 * a1 +
      s4 * a0 -
      q0 * t4 -
      q1 * t3 -
      q2 * t2 -
      q3 * t1 -
      q4 * t0 +
      carry;
    carry = Math.floor(column * INVERSE);
    let r4 = column - carry * LIMB;
    column =
      s0 * a5 +
      s1 * a4 +
      s2 * a3 +
      s3 * a2 +
      s4 * a1 +
      s5 * a0 -
      q0 * t5 -
      q1 * t4 -
      q2 * t3 -
      q3 * t2 -
      q4 * t1 -
      q5 * t0 +
      carry;
    carry = Math.floor(column * INVERSE);
    let r5 = column - carry * LIMB;
    if (
      r5 === t5
        ? r4 === t4
          ? r3 === t3
            ? r2 === t2
              ? r1 === t1
                ? r0 >= t0
                : r1 > t1
              : r2 > t2
            : r3 > t3
          : r4 > t4
        : r5 > t5
    ) {
      q0 += 1;
      if (q0 === LIMB) {
        q0 = 0;
        q1 += 1;
      }
      if (q1 === LIMB) {
        q1 = 0;
        q2 += 1;
      }
      if (q2 === LIMB) {
        q2 = 0;
        q3 += 1;
      }
      if (q3 === LIMB) {
        q3 = 0;
        q4 += 1;
      }
      if (q4 === LIMB) {
        q4 = 0;
        q5 += 1;
      }
      r0 -= t0;
      r1 -= t1;
      r2 -= t2;
      r3 -= t3;
      r4 -= t4;
      r5 -= t5;
      if (r0 < 0) {
        r0 += LIMB;
        r1 -= 1;
      }
      if (r1 < 0) {
        r1 += LIMB;
        r2 -= 1;
      }
      if (r2 < 0) {
        r2 += LIMB;
        r3 -= 1;
      }
      if (r3 < 0) {
        r3 += LIMB;
        r4 -= 1;
      }
      if (r4 < 0) {
        r4 += LIMB;
        r5 -= 1;
      }
    }
    sum0 += q0;
    sum1 += q1;
    sum2 += q2;
    sum3 += q3;
    sum4 += q4;
    sum5 += q5;
    to[base] = q0 | (q1 << 24);
    to[base + 1] = (q1 >>> 8) | (q2 << 16);
    to[base + 2] = (q2 >>> 16) | (q3 << 8);
    to[base + 3] = q4 | (q5 << 24);
    if (keys !== undefined && counts !== undefined) {
      const key = Math.floor(r5 * k5 + r4 * k4 + r3 * k3 + r2 * k2 + r1 * k1 + r0 * k0);
      keys[id] = key;
      counts[key >>> shift]!++;
    }
  }
  return fromLimbs([sum0, sum1, sum2, sum3, sum4, sum5]);
}

/** One more unit to the `left` largest remainders. */
function raiseLargest(
  shares: Column,
  rows: number,
  loss: bigint,
  total: bigint,
  losses: Column,
  { keys, counts, shift }: Remainders,
  left: number,
): void {
  let bucket = counts.length - 1;
  let above = 0;
  while (above + counts[bucket]! < left) above += counts[bucket--]!;
  const last: { readonly id: number; readonly rest: bigint }[] = [];
  const to = halves(losses);
  for (let id = 0; id < rows; id++) {
    const at = keys[id]! >>> shift;
    // About every second row gets one, in no order: added without a branch, which could not be foreseen.
    const raised = to[id << 2]! + ((bucket - at) >>> 31);
    to[id << 2] = raised;
    if (raised > 0xffffffff) addOne(to, (id << 2) + 1);
    if (at === bucket) last.push({ id, rest: (shares.get(id) * loss) % total });
  }
  last.sort((a, b) => (a.rest === b.rest ? a.id - b.id : a.rest > b.rest ? -1 : 1));
  for (let k = 0; k < left - above; k++) addOne(to, last[k]!.id << 2);
}

/** Adds 1 to a row of 32-bit words, little end first. */
function addOne(words: Uint32Array, base: number): void {
  for (let word = base; ; word++) {
    words[word]!++;
    if (words[word] !== 0) return;
  }
}

/** A column's lanes as 32-bit words. */
const halves = (column: Column): Uint32Array =>
  new Uint32Array(column.words.buffer, column.words.byteOffset, column.words.length * 2);

type Limbs = readonly [number, number, number, number, number, number];

function limbs(value: bigint): Limbs {
  const at = (index: number) => Number((value >> BigInt(24 * index)) & 0xffffffn);
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}

/** Σ limbs · 2^(24 · index); the limbs may be sums of many. */
function fromLimbs(sums: readonly number[]): bigint {
  return sums.reduce((total, sum, index) => total + (BigInt(sum) << BigInt(24 * index)), 0n);
}
