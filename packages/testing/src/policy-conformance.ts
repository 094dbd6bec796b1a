import {
  type AnyLossPolicy,
  actOnLayer,
  isShortfallError,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  type Position,
  poolFacts,
  type RecoveryOutcome,
  recoverThroughWaterfall,
  runWaterfall,
  type SeizedCollateral,
  type Waterfall,
  type WaterfallOutcome,
  type WaterfallState,
} from "@shortfall/core";

/** What a policy is tried with. Only `parameters` is needed; the pool of {@link conformanceFacts} stands in. */
export interface PolicyScenario {
  /** As a waterfall definition would carry them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly facts?: PoolFacts;
  /** Amounts tried on top of the built-in ones. */
  readonly losses?: readonly bigint[];
  readonly seized?: readonly SeizedCollateral[];
  /** Operations run before each loss, such as a deposit that gives the layer something to take. */
  readonly prepare?: readonly {
    readonly action: string;
    readonly input: Readonly<Record<string, unknown>>;
  }[];
  /**
   * Most that two losses may differ from one of their sum, in what is taken. 0 where absent; `differs` where a
   * bound per loss makes the question meaningless.
   */
  readonly split?: bigint | "differs";
  /**
   * Most that may be taken less of a larger loss. 0 where absent; a few units where a cut conversion rounds;
   * `false` where there is no bound, as for an all-or-nothing fund.
   */
  readonly monotone?: bigint | false;
  /** `differs` where a recovery may be refused for its size. */
  readonly recoverySplit?: "differs";
}

/** One thing that a policy was checked for. */
export interface ConformanceCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What went wrong, with the amounts that show it. Empty where nothing did. */
  readonly message: string;
}

const POSITION: Position = { block: 1, timestamp: 1_000 };
const LATER: Position = { block: 2, timestamp: 90_000 };

/** A pool with something of everything. Ids: funds `insurance` and `stake`, classes `senior`, `junior`, `indexed`. */
export function conformanceFacts(): PoolFacts {
  return poolFacts({
    pool: "pool",
    asset: "asset",
    cash: 5_000_000n,
    loans: 7_000_000n,
    reserves: 90_001n,
    funds: [
      { id: "insurance", balance: 300_007n },
      { id: "stake", asset: "stake-token", balance: 777_777n, floor: 5n },
    ],
    classes: [
      {
        id: "senior",
        assets: 8_000_003n,
        shares: 7_654_321n,
        virtual: { assets: 1n, shares: 1_000n },
        holders: { treasury: 54_321n, alice: 6_000_000n, bob: 1_600_000n },
      },
      { id: "junior", assets: 1_000_001n, shares: 999_999n, holders: { carol: 999_999n } },
      {
        id: "indexed",
        assets: 2_222_222n,
        shares: 2_000_000n,
        index: { value: 1_111_111_111_111n, divisor: 1_000_000_000_000n },
        holders: { dave: 2_000_000n },
      },
    ],
    groups: {
      members: { m1: 5_300_001n, m2: 2_100_000n, m3: -5n, m4: 11n },
      holders: { alice: 6_000_000n, bob: 1_600_000n, treasury: 54_321n },
      "open-interest": { long: 700_000_007n, short: -650_000_000n },
    },
    prices: { asset: 99_990_000n, "stake-token": 108_123_457n, collateral: 2_000_000_000n },
  });
}

/**
 * Checks a policy for what every policy must keep. Framework-free and deterministic: returns what it found and
 * never throws for a fault of the policy.
 */
export function testPolicy(policy: AnyLossPolicy, scenario: PolicyScenario): readonly ConformanceCheck[] {
  const checks: [string, (bench: Bench) => void][] = [
    ["describes itself the same way each time", describesItself],
    ["reads parameters from JSON as from memory", readsJson],
    ["refuses parameters that are not an object", refusesNonsense],
    ["opens the same state each time", opensSameState],
    ["takes between nothing and what it is offered", takesWithinOffer],
    ["accounts for every unit of a loss", accountsForLoss],
    ["takes no more than its capacity", keepsCapacity],
    ["changes nothing it is shown and uses no clock or dice", staysPure],
    ["takes the same when it is trusted", sameWhenTrusted],
    ["keeps nothing of what it is asked", keepsNothing],
    ["never takes less of a larger loss", isMonotone],
    ["takes the same of a loss in two parts, within its bound", splitsWithinBound],
    ["gives back no more than its claim", recoversWithinClaim],
    ["shares a recovery in parts as in one", recoversInParts],
  ];
  let bench: Bench;
  try {
    bench = new Bench(policy, scenario);
  } catch (error) {
    return [{ name: "opens with its parameters", ok: false, message: text(error) }];
  }
  return [
    { name: "opens with its parameters", ok: true, message: "" },
    ...checks.map(([name, check]): ConformanceCheck => {
      try {
        check(bench);
        return { name, ok: true, message: "" };
      } catch (error) {
        return { name, ok: false, message: text(error) };
      }
    }),
  ];
}

/** Registers each check with a test framework: `policyConformance(it, policy, scenario)`. */
export function policyConformance(
  it: (name: string, run: () => void) => void,
  policy: AnyLossPolicy,
  scenario: PolicyScenario,
): void {
  for (const check of testPolicy(policy, scenario)) {
    it(`${policy.id} ${check.name}`, () => {
      if (!check.ok) throw new Error(check.message);
    });
  }
}

/** A waterfall of the one policy, and the amounts it is tried with. */
class Bench {
  readonly policy: AnyLossPolicy;
  readonly scenario: PolicyScenario;
  readonly waterfall: Waterfall;
  readonly state: WaterfallState;
  readonly facts: PoolFacts;
  readonly losses: readonly bigint[];

  constructor(policy: AnyLossPolicy, scenario: PolicyScenario) {
    this.policy = policy;
    this.scenario = scenario;
    this.waterfall = openWith(policy, scenario.parameters);
    let state = openWaterfallState(this.waterfall);
    let facts = scenario.facts ?? conformanceFacts();
    for (const step of scenario.prepare ?? []) {
      const done = actOnLayer(this.waterfall, state, facts, { layer: "layer", ...step, position: POSITION });
      if (!done.ok) throw new Error(`Action "${step.action}" was refused: ${done.reason}`);
      state = done.state;
      facts = done.facts;
    }
    this.state = state;
    this.facts = facts;
    this.losses = this.#amounts();
  }

  lose(
    amount: bigint,
    from: { readonly state: WaterfallState; readonly facts: PoolFacts } = this,
    trust: "checked" | "fast" = "checked",
    waterfall = this.waterfall,
  ): WaterfallOutcome {
    return runWaterfall(
      waterfall,
      from.state,
      from.facts,
      {
        deficit: "deficit",
        amount,
        borrower: "borrower",
        position: POSITION,
        ...(this.scenario.seized ? { seized: this.scenario.seized } : {}),
      },
      { trust },
    );
  }

  recover(amount: bigint, from: WaterfallOutcome | RecoveryOutcome): RecoveryOutcome {
    return recoverThroughWaterfall(this.waterfall, from.state, from.facts, { amount, position: LATER });
  }

  /** The edges: tiny, around the capacity, and as large as a token can be. */
  #amounts(): bigint[] {
    const capacity = layerCapacities(this.waterfall, this.state, this.facts, POSITION)[0];
    const around =
      capacity === "unlimited" || capacity === undefined
        ? []
        : [capacity - 1n, capacity, capacity + 1n, capacity / 2n, capacity / 3n, capacity * 2n + 1n];
    const edges = [1n, 2n, 3n, 7n, 1_000n, 123_457n, 10n ** 7n, 1n << 64n, (1n << 112n) - 1n];
    const all = [...edges, ...around, ...(this.scenario.losses ?? [])].filter((amount) => amount > 0n);
    return [...new Set(all)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

function openWith(policy: AnyLossPolicy, parameters: Readonly<Record<string, unknown>>): Waterfall {
  return openWaterfall(
    {
      format: "shortfall-waterfall/1",
      id: "conformance",
      version: "1",
      layers: [{ id: "layer", policy: policy.id, parameters }],
      recovery: { order: "same-order" },
    },
    new Map([[policy.id, policy]]),
  );
}

function describesItself({ policy, waterfall }: Bench): void {
  const { parameters } = waterfall.layers[0]!;
  for (const [name, value] of Object.entries({
    id: policy.id,
    version: policy.version,
    title: policy.title,
    description: policy.describe(parameters),
    bearer: policy.bearer(parameters).kind,
  })) {
    demand(typeof value === "string" && value.trim() !== "", `its ${name} is empty`);
  }
  const [first, second] = [policy.describe(parameters), policy.describe(parameters)];
  demand(first === second, "it describes itself in two ways");
}

function readsJson({ policy, scenario, waterfall }: Bench): void {
  const json: unknown = JSON.parse(JSON.stringify(scenario.parameters, decimalStrings));
  const read = policy.parameters.parse(json);
  demand(plain(read) === plain(waterfall.layers[0]!.parameters), `JSON gives ${plain(read)}`);
}

function refusesNonsense({ policy }: Bench): void {
  for (const nonsense of [null, 7, "parameters", []]) {
    let refused = false;
    try {
      policy.parameters.parse(nonsense);
    } catch {
      refused = true;
    }
    demand(refused, `it accepts ${JSON.stringify(nonsense)}`);
  }
}

function opensSameState({ waterfall }: Bench): void {
  const [first, second] = [plain(openWaterfallState(waterfall)), plain(openWaterfallState(waterfall))];
  demand(first === second, "two new layers have different states");
}

function takesWithinOffer(bench: Bench): void {
  for (const amount of bench.losses) {
    const outcome = bench.lose(amount);
    demand(outcome.absorbed >= 0n && outcome.absorbed <= amount, `of ${amount} it takes ${outcome.absorbed}`);
  }
}

function accountsForLoss(bench: Bench): void {
  for (const amount of bench.losses) {
    const outcome = bench.lose(amount);
    const moved = outcome.layers
      .flatMap((layer) => layer.effects)
      .reduce((sum, effect) => sum + ("assets" in effect ? effect.assets : 0n), 0n);
    demand(
      moved === outcome.absorbed && outcome.absorbed + outcome.uncovered === amount,
      `of ${amount} it moves ${moved}, takes ${outcome.absorbed} and leaves ${outcome.uncovered}`,
    );
  }
}

function keepsCapacity(bench: Bench): void {
  const capacity = layerCapacities(bench.waterfall, bench.state, bench.facts, POSITION)[0];
  if (capacity === "unlimited" || capacity === undefined) return;
  demand(capacity >= 0n, `its capacity is ${capacity}`);
  for (const amount of bench.losses) {
    const { absorbed } = bench.lose(amount);
    demand(absorbed <= capacity, `of ${amount} it takes ${absorbed}, above its capacity of ${capacity}`);
  }
}

function staysPure(bench: Bench): void {
  for (const amount of bench.losses) {
    const first = bench.lose(amount);
    const second = bench.lose(amount);
    demand(plain(first.layers) === plain(second.layers), `of ${amount} it takes differently the second time`);
    demand(plain(first.state) === plain(second.state), `after ${amount} its state differs the second time`);
  }
}

function sameWhenTrusted(bench: Bench): void {
  for (const amount of bench.losses) {
    const checked = bench.lose(amount);
    const fast = bench.lose(amount, bench, "fast");
    demand(plain(checked.layers) === plain(fast.layers), `of ${amount} it takes differently when trusted`);
  }
}

/** A trusted run asks every layer with the same view and loss: an answer that holds them would change later. */
function keepsNothing(bench: Bench): void {
  const { policy, scenario } = bench;
  const watched: AnyLossPolicy = {
    ...policy,
    absorb(view, loss) {
      const answer = policy.absorb(view, loss);
      demand(!holds(answer, view) && !holds(answer, loss), "its answer holds the view or the loss itself");
      return answer;
    },
  };
  const waterfall = openWith(watched, scenario.parameters);
  for (const amount of bench.losses) bench.lose(amount, bench, "fast", waterfall);
}

function holds(answer: unknown, asked: object): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  return answer === asked || Object.values(answer).some((part) => holds(part, asked));
}

function isMonotone(bench: Bench): void {
  const bound = bench.scenario.monotone ?? 0n;
  if (bound === false) return;
  let before = { amount: 0n, absorbed: 0n };
  for (const amount of bench.losses) {
    const { absorbed } = bench.lose(amount);
    demand(
      absorbed + bound >= before.absorbed,
      `of ${before.amount} it takes ${before.absorbed}, of ${amount} only ${absorbed}`,
    );
    before = { amount, absorbed };
  }
}

function splitsWithinBound(bench: Bench): void {
  const bound = bench.scenario.split ?? 0n;
  if (bound === "differs") return;
  for (const amount of bench.losses) {
    if (amount < 2n) continue;
    const whole = bench.lose(amount).absorbed;
    const first = bench.lose(amount / 2n);
    const second = bench.lose(amount - amount / 2n, first);
    const parts = first.absorbed + second.absorbed;
    const gap = parts > whole ? parts - whole : whole - parts;
    demand(gap <= bound, `of ${amount} it takes ${whole} at once and ${parts} in two parts, above ${bound}`);
  }
}

function recoversWithinClaim(bench: Bench): void {
  for (const amount of bench.losses) {
    const lost = bench.lose(amount);
    for (const back of [1n, amount / 2n, amount, amount * 2n + 1n]) {
      const outcome = bench.recover(back, lost);
      demand(
        outcome.restored + outcome.uncovered + outcome.excess === back,
        `of ${back} it gives ${outcome.restored}, ${outcome.uncovered} uncovered, ${outcome.excess} excess`,
      );
      if (bench.policy.claim) continue;
      demand(
        outcome.restored <= lost.absorbed,
        `of ${back} it gives ${outcome.restored} for a loss of ${lost.absorbed}`,
      );
    }
  }
}

function recoversInParts(bench: Bench): void {
  if (bench.scenario.recoverySplit === "differs") return;
  for (const amount of bench.losses) {
    const lost = bench.lose(amount);
    const whole = bench.recover(amount, lost).restored;
    const first = bench.recover(amount / 2n, lost);
    const second = bench.recover(amount - amount / 2n, first);
    demand(
      first.restored + second.restored === whole,
      `of ${amount} it gives ${whole} at once and ${first.restored + second.restored} in two parts`,
    );
  }
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

const decimalStrings = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value;

const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `${item}n` : item)) ?? "";

const text = (error: unknown): string =>
  isShortfallError(error) || error instanceof Error ? error.message : String(error);
