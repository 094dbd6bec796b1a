import {
  type ChainLog,
  type ChainTransaction,
  type HistoryHeader,
  isShortfallError,
  type Position,
  type ProtocolAdapter,
  type ProtocolModel,
  type RecordedCall,
  type TraceLine,
} from "@shortfall/core";
import type { ConformanceCheck } from "./policy-conformance.js";

/** A golden history that an adapter is tried with. */
export interface AdapterScenario {
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine[];
  /** Most lines whose call may be read while observing. 0 where absent. */
  readonly callsAllowed?: number;
}

/**
 * Checks an adapter for what every adapter must keep. Framework-free and deterministic: returns what it found
 * and does not throw for a fault of the adapter.
 */
export function testAdapter(
  adapter: ProtocolAdapter,
  scenario: AdapterScenario,
): readonly ConformanceCheck[] {
  const checks: [string, (adapter: ProtocolAdapter, scenario: AdapterScenario) => string[]][] = [
    ["opens the header, and refuses it damaged by name", refusesDamagedHeaders],
    ["reproduces every recorded value from logs", observesAll],
    ["predicts every recorded value from calls", executesAll],
    ["is deterministic: the same history gives the same digest", isDeterministic],
    ["keeps the trial balance at zero per pool and commodity", balances],
    ["accounts for every write-off: layers + uncovered, haircuts + dust", accountsForLosses],
    ["gives finite figures for every pool", viewsPools],
    ["never crashes on logs of noise, and leaves nothing half done", survivesNoise],
    ["reports a changed amount of a log", reportsChangedLogs],
  ];
  return checks.map(([name, check]) => {
    try {
      const faults = check(adapter, scenario);
      return { name, ok: faults.length === 0, message: faults.slice(0, 5).join("; ") };
    } catch (error) {
      return {
        name,
        ok: false,
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  });
}

function refusesDamagedHeaders(adapter: ProtocolAdapter, { header }: AdapterScenario): string[] {
  adapter.open(header);
  const faults: string[] = [];
  const damaged = [
    ...Object.keys(header).map((key): [string, unknown] => [
      `without ${key}`,
      { ...header, [key]: undefined },
    ]),
    ...Object.keys(header).map((key): [string, unknown] => [
      `with ${key} of another kind`,
      { ...header, [key]: 17.5 },
    ]),
  ];
  for (const [what, changed] of damaged) {
    try {
      adapter.open(changed as HistoryHeader);
    } catch (error) {
      if (!isShortfallError(error))
        faults.push(`${what}, it threw ${String(error)} instead of a named error`);
    }
  }
  return faults;
}

function observesAll(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const session = adapter.traces.open(scenario.header);
  let compared = 0;
  let calls = 0;
  const faults: string[] = [];
  for (const line of scenario.lines) {
    const result = session.observe(line, { calls: true });
    compared += result.comparisons;
    calls += result.callsUsed;
    for (const mismatch of result.mismatches)
      faults.push(
        `line ${line.number}, ${mismatch.field}: ${mismatch.recorded} against ${mismatch.computed}`,
      );
  }
  if (compared === 0) faults.push("nothing was compared");
  const allowed = scenario.callsAllowed ?? 0;
  if (calls > allowed) faults.push(`${calls} calls were read, ${allowed} are allowed`);
  return faults;
}

function executesAll(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const session = adapter.traces.open(scenario.header);
  let ran = 0;
  const faults: string[] = [];
  for (const line of scenario.lines) {
    const result = session.execute(line);
    if (result.skipped === undefined) ran++;
    for (const mismatch of result.mismatches)
      faults.push(
        `line ${line.number}, ${mismatch.field}: ${mismatch.recorded} against ${mismatch.computed}`,
      );
  }
  if (ran === 0) faults.push("no line could be executed");
  return faults;
}

function replayed(adapter: ProtocolAdapter, { header, lines }: AdapterScenario): ProtocolModel {
  const session = adapter.traces.open(header);
  for (const line of lines) session.observe(line, { calls: true });
  return session.model;
}

function isDeterministic(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const [a, b] = [replayed(adapter, scenario), replayed(adapter, scenario)];
  return a.journal.digest() === b.journal.digest() ? [] : [`${a.journal.digest()} and ${b.journal.digest()}`];
}

function balances(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const model = replayed(adapter, scenario);
  return model.journal.length === 0 ? ["the journal is empty"] : unbalanced(model);
}

function unbalanced({ journal }: ProtocolModel): string[] {
  const sums = new Map<string, bigint>();
  for (const { pool, commodity, balance } of journal.trialBalance()) {
    const key = `${pool} ${commodity}`;
    sums.set(key, (sums.get(key) ?? 0n) + balance);
  }
  return [...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => `${key} is off by ${sum}`);
}

function accountsForLosses(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const model = replayed(adapter, scenario);
  const faults: string[] = [];
  for (const { id, recomputed, layers, uncovered } of model.writeOffs()) {
    const taken = layers.reduce((sum, { amount }) => sum + amount, 0n);
    if (taken + uncovered !== recomputed)
      faults.push(`${id}: layers ${taken} + uncovered ${uncovered} of ${recomputed}`);
    for (const { bearer, rows, dust, absorbed } of model.haircuts(id)) {
      const losses = rows.reduce((sum, { loss }) => sum + loss, 0n);
      if (losses + dust !== absorbed)
        faults.push(`${id}, ${bearer}: haircuts ${losses} + dust ${dust} of ${absorbed}`);
    }
  }
  for (const { id, recognised, layers, uncovered } of model.deficits.all()) {
    const taken = layers.reduce((sum, layer) => sum + layer.taken, 0n);
    if (taken > recognised || uncovered < 0n) faults.push(`deficit ${id}: ${taken} taken of ${recognised}`);
  }
  return faults;
}

function viewsPools(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const views = replayed(adapter, scenario).pools();
  if (views.length === 0) return ["there is no pool"];
  return views.flatMap((view) =>
    view.suppliers < 0n || view.loans < 0n || view.deficitCarried < 0n || view.deficitLatent < 0n
      ? [`pool ${view.pool} has a negative figure`]
      : [],
  );
}

/** Logs with the contracts and topics of the history and data that is none of theirs. */
const survivesNoise = (adapter: ProtocolAdapter, scenario: AdapterScenario): string[] =>
  fuzzAdapter(adapter, scenario, { rounds: 200, seed: 7 });

/**
 * Throws noise at a replayed model: transactions of damaged logs, and recorded calls with other numbers. Returns
 * what broke: an entry without an operation, a trial balance that is off. A crash is thrown.
 */
export function fuzzAdapter(
  adapter: ProtocolAdapter,
  scenario: AdapterScenario,
  options: { readonly rounds: number; readonly seed: number },
): string[] {
  const model = replayed(adapter, scenario);
  const session = adapter.traces.open(scenario.header);
  const real = scenario.lines.flatMap((line) => session.transaction(line).logs);
  const calls = scenario.lines.flatMap(({ value: { action } }) => (isCall(action) ? [action] : []));
  if (real.length === 0) return ["the history has no log"];
  const last = session.transaction(scenario.lines[scenario.lines.length - 1]!).position;
  const next = randomNumbers(options.seed);
  const faults: string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const before = model.journal.length;
    const position = {
      ...last,
      block: last.block + round + 1,
      timestamp: last.timestamp + round + 1,
      transaction: `noise-${round}`,
    };
    if (round % 2 === 0 || calls.length === 0) {
      const logs = Array.from({ length: 1 + next(3) }, (_, index) =>
        noise(real[next(real.length)]!, index, next),
      );
      const { operations } = model.observe({ position, logs, reverted: false, touched: [], prices: [] });
      if (operations.length === 0 && model.journal.length > before)
        faults.push(`round ${round}: an entry without an operation`);
    } else {
      const call = otherNumbers(calls[next(calls.length)]!, next);
      const refused = isRefused(model, call, position);
      if (refused && model.journal.length > before)
        faults.push(`round ${round}: a refused ${call.type} left an entry`);
    }
  }
  return [...faults, ...unbalanced(model)];
}

const isCall = (action: unknown): action is RecordedCall =>
  typeof action === "object" && action !== null && "type" in action && typeof action.type === "string";

/** Whether the model refuses a call; a call it cannot read is one, if it says so by name. */
function isRefused(model: ProtocolModel, call: RecordedCall, position: Position): boolean {
  try {
    return !model.execute(call, position).ok;
  } catch (error) {
    if (isShortfallError(error) && /LINE|CALL/.test(error.code)) return true;
    throw error;
  }
}

/** A call with some of its integers drawn anew: nothing, one, near the old value, or as wide as a word. */
function otherNumbers(call: RecordedCall, next: (below: number) => number): RecordedCall {
  const draw = (value: unknown): unknown => {
    if (typeof value !== "string" || !/^\d+$/.test(value) || next(3) === 0) return value;
    const old = BigInt(value);
    switch (next(6)) {
      case 0:
        return "0";
      case 1:
        return "1";
      case 2:
        return `${old + BigInt(next(5))}`;
      case 3:
        return `${old / BigInt(1 + next(9))}`;
      case 4:
        return `${(old + 1n) << BigInt(next(100))}`;
      default:
        return `${(1n << 256n) - 1n - BigInt(next(3))}`;
    }
  };
  const changed = Object.fromEntries(Object.entries(call).map(([key, value]) => [key, draw(value)]));
  return { ...changed, type: call.type };
}

function noise(log: ChainLog, logIndex: number, next: (below: number) => number): ChainLog {
  const hex = (bytes: number): string =>
    Array.from({ length: bytes }, () => next(256).toString(16).padStart(2, "0")).join("");
  switch (next(4)) {
    case 0:
      return { ...log, logIndex, data: `0x${hex(next(100))}` };
    case 1:
      return { ...log, logIndex, topics: log.topics.slice(0, 1) };
    case 2:
      return { ...log, logIndex, data: `0x${hex((log.data.length - 2) / 2)}` };
    default:
      return { ...log, logIndex, topics: [`0x${hex(32)}`, ...log.topics.slice(1)] };
  }
}

/** Adds one unit to the last word of data of each kind of event, one at a time. */
function reportsChangedLogs(adapter: ProtocolAdapter, scenario: AdapterScenario): string[] {
  const kinds = new Map<string, { line: number; log: number }>();
  const reader = adapter.traces.open(scenario.header);
  const transactions = scenario.lines.map((line) => reader.transaction(line));
  transactions.forEach(({ logs }, line) => {
    logs.forEach((log, index) => {
      const name = adapter.eventName(log);
      if (name !== undefined && log.data.length >= 66 && !kinds.has(name))
        kinds.set(name, { line, log: index });
    });
  });
  if (kinds.size === 0) return ["no event of the history carries data"];
  const found = [...kinds].filter(([, at]) => isReported(adapter, scenario, transactions, at));
  // An amount that names itself (a deposit of x) moves the state and shows at the next comparison instead; some
  // event must carry a number that the model predicts.
  return found.length > 0 ? [] : ["no event's numbers are predicted: every changed log was believed"];
}

function isReported(
  adapter: ProtocolAdapter,
  scenario: AdapterScenario,
  transactions: readonly ChainTransaction[],
  at: { readonly line: number; readonly log: number },
): boolean {
  const model = adapter.open(scenario.header);
  return transactions.slice(0, at.line + 1).some((transaction, line) => {
    const changed = line === at.line ? withUnitAdded(transaction, at.log) : transaction;
    const observation = model.observe(changed);
    return line === at.line && observation.findings.length > 0;
  });
}

function withUnitAdded(transaction: ChainTransaction, index: number): ChainTransaction {
  const logs = transaction.logs.map((log, k) => {
    if (k !== index) return log;
    const value = BigInt.asUintN(256, BigInt(`0x${log.data.slice(-64)}`) + 1n);
    return { ...log, data: log.data.slice(0, -64) + value.toString(16).padStart(64, "0") };
  });
  return { ...transaction, logs };
}

/** Whole numbers below a bound from a small linear generator: the suite has no dependency and no chance. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
