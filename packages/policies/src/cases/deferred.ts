import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";
import { resultAmount } from "./results.js";

/** Stake that is never slashed. */
const MINIMUM_LEFT = 1_000_000n;

/** An open deficit with an offset, a stake slash for what is beyond it, and cover on order. */
export function runDeferredCover(inputs: Fields): unknown {
  const holders = amounts(inputs.object("holders"));
  const supply = inputs.amount("stakeShares");
  const bench = new Bench(
    [
      layer("deficit", "deferred-cover", {
        open: inputs.amount("poolDeficit"),
        pending: inputs.amount("pendingDeficit"),
        offset: inputs.amount("deficitOffset"),
      }),
      layer("stake", "stake-slash", {
        fund: "stake",
        feeBps: inputs.object("params").amount("liquidationFeeBps"),
        minimumLeft: MINIMUM_LEFT,
      }),
    ],
    poolFacts({
      asset: "reserve",
      funds: [{ id: "stake", asset: "stake", balance: inputs.amount("stakeAssets") }],
    }),
  );
  let book = {
    open: inputs.amount("poolDeficit"),
    pending: inputs.amount("pendingDeficit"),
    offset: inputs.amount("deficitOffset"),
  };
  const cover = (action: string, amount: bigint): bigint | string => {
    const done = bench.act("deficit", action, { amount });
    return done.ok ? resultAmount(done.result, "covered") : done.reason;
  };
  const step = (event: Fields): Record<string, unknown> => {
    const type = event.string("type");
    switch (type) {
      case "deficit":
        bench.lose(event.amount("amount"));
        book = { ...book, open: book.open + event.amount("amount") };
        return { ok: true };
      case "slash": {
        const slashed = slash(bench, event);
        if (typeof slashed === "string") return { ok: false, reason: slashed };
        book = { ...book, pending: book.pending + slashed.covered };
        return { ok: true, ...slashed };
      }
      case "coverPending": {
        const covered = cover("cover-pending", event.amount("amount"));
        if (typeof covered === "string") return { ok: false, reason: covered };
        book = { ...book, open: book.open - covered, pending: book.pending - covered };
        return { ok: true, covered };
      }
      case "coverOffset": {
        const covered = cover("cover-offset", event.amount("amount"));
        if (typeof covered === "string") return { ok: false, reason: covered };
        book = { ...book, open: book.open - covered, offset: book.offset - covered };
        return { ok: true, covered };
      }
      default:
        throw new CaseError("", `${event.path}.type`, "a known event", type);
    }
  };
  const steps = inputs.objects("events").map((event) => {
    const result = step(event);
    const assets = bench.facts.funds.get("stake")?.balance ?? 0n;
    return {
      type: event.string("type"),
      ...result,
      poolDeficit: book.open,
      pendingDeficit: book.pending,
      deficitOffset: book.offset,
      stakeAssets: assets,
      holders: Object.fromEntries(
        Object.entries(holders).map(([id, shares]) => [id, (shares * (assets + 1n)) / (supply + 1n)]),
      ),
    };
  });
  return { steps };
}

interface SlashFigures {
  readonly newDeficit: bigint;
  readonly withFee: bigint;
  readonly wanted: bigint;
  readonly slashed: bigint;
  readonly covered: bigint;
  readonly feeAmount: bigint;
}

/** Slashes for what is neither offset nor pending, or says why not. A refused slash changes nothing. */
function slash(bench: Bench, event: Fields): SlashFigures | string {
  const asked = bench.act("deficit", "request", {});
  if (!asked.ok) return asked.reason;
  const amount = resultAmount(asked.result, "asked");
  const before = { state: bench.state, facts: bench.facts };
  bench.facts = {
    ...bench.facts,
    prices: new Map([
      ["reserve", event.amount("reservePrice")],
      ["stake", event.amount("stakePrice")],
    ]),
  };
  const outcome = bench.lose(amount, { after: "deficit" }).layers[0];
  const figures = outcome?.figures ?? {};
  const wanted = figures.wanted ?? 0n;
  const slashed = figures.slashed ?? 0n;
  if (!outcome || slashed === 0n) {
    bench.state = before.state;
    bench.facts = before.facts;
    return wanted === 0n ? "ZeroAmountSlashing" : "ZeroFundsAvailable";
  }
  bench.act("deficit", "pend", { amount: outcome.taken });
  return {
    newDeficit: amount,
    withFee: figures.withFee ?? 0n,
    wanted,
    slashed,
    covered: outcome.taken,
    feeAmount: figures.feeAmount ?? 0n,
  };
}
