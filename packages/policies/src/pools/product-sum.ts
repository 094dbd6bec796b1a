import { min, WAD } from "@shortfall/math";

/*
 * Deposits that shrink together: each is kept as d0 with the product P0 and the sum S0 it came in at, and is
 * worth d0·P/P0 now. Two variants. Sums are keyed by `epoch:scale`.
 */

/** One deposit with what it came in at. */
export interface Snapshot {
  readonly amount: bigint;
  readonly product: bigint;
  readonly sum: bigint;
  readonly scale: bigint;
  readonly epoch: bigint;
}

/** State of a pool. */
export interface ProductSum {
  readonly product: bigint;
  readonly scale: bigint;
  readonly epoch: bigint;
  readonly total: bigint;
  /** Remainders carried to the next loss, in 1e18ths of a unit per deposit. 0 where the variant has none. */
  readonly lossError: bigint;
  readonly gainError: bigint;
  readonly sums: Readonly<Record<string, bigint>>;
  readonly deposits: Readonly<Record<string, Snapshot>>;
  /** Collateral held for depositors. */
  readonly collateral: bigint;
}

/** What differs between the two variants. */
export interface ProductSumRules {
  readonly initialProduct: bigint;
  readonly scaleFactor: bigint;
  /** Never lost: the pool is not emptied below it. */
  readonly minimumLeft: bigint;
  compounded(pool: ProductSum, snapshot: Snapshot): bigint;
  gain(pool: ProductSum, snapshot: Snapshot): bigint;
  /** Undefined where the contract reverts. */
  offset(pool: ProductSum, debt: bigint, collateral: bigint): ProductSum | undefined;
}

const SCALE = 10n ** 9n;

export const sumAt = (pool: ProductSum, epoch: bigint, scale: bigint): bigint =>
  pool.sums[`${epoch}:${scale}`] ?? 0n;

export const openProductSum = (rules: ProductSumRules): ProductSum => ({
  product: rules.initialProduct,
  scale: 0n,
  epoch: 0n,
  total: 0n,
  lossError: 0n,
  gainError: 0n,
  sums: {},
  deposits: {},
  collateral: 0n,
});

/**
 * Adds to a deposit: pays its gain out and takes its compounded worth over into a new snapshot.
 */
export function deposit(
  rules: ProductSumRules,
  pool: ProductSum,
  user: string,
  amount: bigint,
): { pool: ProductSum; paid: bigint } {
  const before = Object.hasOwn(pool.deposits, user) ? pool.deposits[user] : undefined;
  const paid = before ? rules.gain(pool, before) : 0n;
  const compounded = before ? rules.compounded(pool, before) : 0n;
  const snapshot: Snapshot = {
    amount: compounded + amount,
    product: pool.product,
    sum: sumAt(pool, pool.epoch, pool.scale),
    scale: pool.scale,
    epoch: pool.epoch,
  };
  return {
    pool: {
      ...pool,
      total: pool.total + amount,
      collateral: pool.collateral - paid,
      deposits: { ...pool.deposits, [user]: snapshot },
    },
    paid,
  };
}

/**
 * Liquity v1 `StabilityPool`: 18-digit product, epochs, error feedback, loss rounded up by one unit a unit of
 * deposit so that the pool stays solvent.
 */
export const withEpochs: ProductSumRules = {
  initialProduct: WAD,
  scaleFactor: SCALE,
  minimumLeft: 0n,
  compounded(pool, { amount, product, scale, epoch }) {
    if (epoch < pool.epoch || amount === 0n) return 0n;
    const steps = pool.scale - scale;
    let worth = 0n;
    if (steps === 0n) worth = (amount * pool.product) / product;
    else if (steps === 1n) worth = (amount * pool.product) / product / SCALE;
    return worth < amount / SCALE ? 0n : worth;
  },
  gain(pool, { amount, product, sum, scale, epoch }) {
    if (amount === 0n) return 0n;
    const first = sumAt(pool, epoch, scale) - sum;
    const second = sumAt(pool, epoch, scale + 1n) / SCALE;
    return (amount * (first + second)) / product / WAD;
  },
  offset(pool, debt, collateral) {
    if (pool.total === 0n || debt === 0n || debt > pool.total) return undefined;
    const gainNumerator = collateral * WAD + pool.gainError;
    const gainPerUnit = gainNumerator / pool.total;
    const gainError = gainNumerator - gainPerUnit * pool.total;
    let lossPerUnit = WAD;
    let lossError = 0n;
    if (debt < pool.total) {
      const numerator = debt * WAD - pool.lossError;
      if (numerator < 0n) return undefined;
      lossPerUnit = numerator / pool.total + 1n;
      lossError = lossPerUnit * pool.total - numerator;
    }
    if (lossPerUnit > WAD) return undefined;
    const key = `${pool.epoch}:${pool.scale}`;
    const sums = { ...pool.sums, [key]: (pool.sums[key] ?? 0n) + gainPerUnit * pool.product };
    const factor = WAD - lossPerUnit;
    return {
      ...pool,
      ...nextProduct(pool, factor),
      sums,
      lossError,
      gainError,
      total: pool.total - debt,
      collateral: pool.collateral + collateral,
    };
  },
};

function nextProduct(pool: ProductSum, factor: bigint): Pick<ProductSum, "product" | "scale" | "epoch"> {
  if (factor === 0n) return { product: WAD, scale: 0n, epoch: pool.epoch + 1n };
  const product = (pool.product * factor) / WAD;
  if (product < SCALE) {
    return {
      product: (pool.product * factor * SCALE) / WAD,
      scale: pool.scale + 1n,
      epoch: pool.epoch,
    };
  }
  return { product, scale: pool.scale, epoch: pool.epoch };
}

/** Product of Liquity v2 at the start, and the smallest it may fall to before its scale steps. */
const PRODUCT_ONE = 10n ** 36n;
const PRODUCT_LEAST = 10n ** 27n;
/** Beyond this many scale steps a deposit counts as nothing. */
const MOST_STEPS = 8n;
/** Gains are read over this many scales after the deposit's own. */
const SCALE_SPAN = 2n;

/** Liquity v2 `StabilityPool`: 36-digit product, one unit of 1e18 always left, no epochs, no error feedback. */
export const leavingMinimum: ProductSumRules = {
  initialProduct: PRODUCT_ONE,
  scaleFactor: SCALE,
  minimumLeft: WAD,
  compounded(pool, { amount, product, scale }) {
    const steps = pool.scale - scale;
    if (amount === 0n || steps > MOST_STEPS) return 0n;
    return (amount * pool.product) / product / SCALE ** steps;
  },
  gain(pool, { amount, product, sum, scale }) {
    if (amount === 0n) return 0n;
    let sums = sumAt(pool, 0n, scale) - sum;
    for (let step = 1n; step <= SCALE_SPAN; step++) sums += sumAt(pool, 0n, scale + step) / SCALE ** step;
    return min((amount * sums) / product, pool.collateral);
  },
  offset(pool, debt, collateral) {
    if (pool.total === 0n || debt === 0n || debt >= pool.total) return undefined;
    const key = `0:${pool.scale}`;
    const sums = {
      ...pool.sums,
      [key]: (pool.sums[key] ?? 0n) + (pool.product * collateral) / pool.total,
    };
    let numerator = pool.product * (pool.total - debt);
    let scale = pool.scale;
    while (numerator / pool.total < PRODUCT_LEAST) {
      numerator *= SCALE;
      scale += 1n;
    }
    return {
      ...pool,
      product: numerator / pool.total,
      scale,
      sums,
      total: pool.total - debt,
      collateral: pool.collateral + collateral,
    };
  },
};
