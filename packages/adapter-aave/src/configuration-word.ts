/** A reserve's parameters, unpacked from its configuration word. */
export interface ReserveParameters {
  readonly ltvBps: bigint;
  readonly thresholdBps: bigint;
  readonly bonusBps: bigint;
  readonly decimals: bigint;
  readonly active: boolean;
  readonly frozen: boolean;
  readonly borrowing: boolean;
  readonly paused: boolean;
  readonly flashLoans: boolean;
  readonly factorBps: bigint;
  /** Whole tokens, 0 = none. */
  readonly borrowCap: bigint;
  readonly supplyCap: bigint;
  readonly protocolFeeBps: bigint;
  /** One category per asset (3.0 and 3.1). */
  readonly category: bigint;
  /** The pool keeps its own count of the cash (bit of 3.1 and later). */
  readonly virtualAccounting: boolean;
}

interface BitField {
  readonly offset: bigint;
  readonly bits: bigint;
}

/** Where each parameter sits in the word (ReserveConfiguration). */
export const WORD = {
  ltv: { offset: 0n, bits: 16n },
  threshold: { offset: 16n, bits: 16n },
  bonus: { offset: 32n, bits: 16n },
  decimals: { offset: 48n, bits: 8n },
  active: { offset: 56n, bits: 1n },
  frozen: { offset: 57n, bits: 1n },
  borrowing: { offset: 58n, bits: 1n },
  paused: { offset: 60n, bits: 1n },
  flashLoans: { offset: 63n, bits: 1n },
  factor: { offset: 64n, bits: 16n },
  borrowCap: { offset: 80n, bits: 36n },
  supplyCap: { offset: 116n, bits: 36n },
  protocolFee: { offset: 152n, bits: 16n },
  category: { offset: 168n, bits: 8n },
  virtualAccounting: { offset: 252n, bits: 1n },
} as const satisfies Record<string, BitField>;

/** Value of a field. */
export const readField = (word: bigint, field: BitField): bigint =>
  (word >> field.offset) & ((1n << field.bits) - 1n);

/** The word with a field replaced; the value is cut to the field's width. */
export function writeField(word: bigint, field: BitField, value: bigint): bigint {
  const mask = (1n << field.bits) - 1n;
  return (word & ~(mask << field.offset)) | ((value & mask) << field.offset);
}

/** Unpacks a configuration word. */
export function readParameters(word: bigint): ReserveParameters {
  const flag = (field: BitField): boolean => readField(word, field) === 1n;
  return {
    ltvBps: readField(word, WORD.ltv),
    thresholdBps: readField(word, WORD.threshold),
    bonusBps: readField(word, WORD.bonus),
    decimals: readField(word, WORD.decimals),
    active: flag(WORD.active),
    frozen: flag(WORD.frozen),
    borrowing: flag(WORD.borrowing),
    paused: flag(WORD.paused),
    flashLoans: flag(WORD.flashLoans),
    factorBps: readField(word, WORD.factor),
    borrowCap: readField(word, WORD.borrowCap),
    supplyCap: readField(word, WORD.supplyCap),
    protocolFeeBps: readField(word, WORD.protocolFee),
    category: readField(word, WORD.category),
    virtualAccounting: flag(WORD.virtualAccounting),
  };
}
