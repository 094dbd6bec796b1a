import type { DifferenceClass } from "@shortfall/core";

/** A line of a golden history; damage replaces parts of it. */
export type HistoryLine = Readonly<Record<string, unknown>>;

/** Whole numbers below `below`, the same for the same seed. */
export type Draw = (below: number) => number;

/** A history with one thing wrong in it. */
export interface DamagedHistory {
  readonly lines: readonly HistoryLine[];
  /** 1-based lines of the file (the header is line 1) at which a finding locates the damage. */
  readonly at: readonly number[];
  /** What was done, in words. */
  readonly what: string;
  /** The line as it was, and the logs that were touched; of damage to logs only. */
  readonly touched?: { readonly line: HistoryLine; readonly events: readonly string[] };
}

/** One way to damage a history. Undefined where this history offers no place for it. */
export interface DamageKind {
  readonly name: string;
  /** Classes that name such damage; `unexplained` is honest, but names nothing. */
  readonly named: readonly DifferenceClass[];
  readonly damage: (lines: readonly HistoryLine[], draw: Draw) => DamagedHistory | undefined;
}

interface Log {
  readonly name?: string;
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** Line of the file at which a line of the history stands: the header is line 1. */
const FIRST_LINE = 2;

const logsOf = (line: HistoryLine): readonly Log[] => (line.logs as readonly Log[] | undefined) ?? [];

const replaced = <T>(items: readonly T[], index: number, ...by: readonly T[]): T[] => [
  ...items.slice(0, index),
  ...by,
  ...items.slice(index + 1),
];

function pick<T>(items: readonly T[], draw: Draw): T | undefined {
  return items.length === 0 ? undefined : items[draw(items.length)];
}

/** Another hexadecimal digit somewhere after `0x`. */
function otherDigit(hex: string, draw: Draw): string {
  const at = 2 + draw(hex.length - 2);
  const digit = (Number.parseInt(hex[at]!, 16) + 1 + draw(15)) % 16;
  return `${hex.slice(0, at)}${digit.toString(16)}${hex.slice(at + 1)}`;
}

const OUT_OF_ORDER = "logs out of order";

/** Damages the logs of one line that `suits`. */
function inLogs(
  name: string,
  named: readonly DifferenceClass[],
  suits: (logs: readonly Log[], index: number) => boolean,
  change: (logs: readonly Log[], index: number, draw: Draw) => readonly Log[],
): DamageKind {
  return {
    name,
    named,
    damage(lines, draw) {
      const places = lines.flatMap((line, row) =>
        logsOf(line).flatMap((_, index) => (suits(logsOf(line), index) ? [{ row, index }] : [])),
      );
      const place = pick(places, draw);
      if (!place) return undefined;
      const { row, index } = place;
      const line = lines[row]!;
      return {
        lines: replaced(lines, row, { ...line, logs: change(logsOf(line), index, draw) }),
        at: [row + FIRST_LINE],
        what: `log ${index} of line ${row + FIRST_LINE}`,
        touched: {
          line,
          events: logsOf(line)
            .slice(name === OUT_OF_ORDER ? index - 1 : index, index + 1)
            .map((log) => log.name ?? ""),
        },
      };
    },
  };
}

/** A recorded value somewhere in a state. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: string | number | boolean;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

function otherValue(value: Leaf["value"], draw: Draw): Leaf["value"] {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1 + draw(1000);
  if (/^0x[0-9a-fA-F]+$/.test(value)) return otherDigit(value, draw);
  if (!/^-?\d+$/.test(value)) return `${value}x`;
  return (BigInt(value) + 10n ** BigInt(draw(value.length + 1))).toString();
}

function withLeaf(value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  if (Array.isArray(value))
    return replaced(value as unknown[], Number(key), withLeaf(value[Number(key)], rest, leaf));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [key]: withLeaf(members[key], rest, leaf) };
}

/** An altered log fits no operation, or cannot be read, or its operation is missing it. */
const ALTERED = ["unexplained", "unreadable", "missing-event", "wrong-version", "lost-precision"] as const;

/** Every kind: lines and logs dropped, repeated, out of order and altered, and recorded states altered. */
export const DAMAGE_KINDS: readonly DamageKind[] = [
  {
    name: "line dropped",
    named: ["missing-event"],
    damage(lines, draw) {
      if (lines.length < 2) return undefined;
      // A file that ends early looks like one that was made earlier.
      const row = draw(lines.length - 1);
      return { lines: replaced(lines, row), at: [row + FIRST_LINE], what: `line ${row + FIRST_LINE}` };
    },
  },
  {
    name: "line repeated",
    named: ["duplicate-event"],
    damage(lines, draw) {
      const row = draw(lines.length);
      const to = row + 1 + draw(lines.length - row);
      return {
        lines: [...lines.slice(0, to), lines[row]!, ...lines.slice(to)],
        at: [to + FIRST_LINE],
        what: `line ${row + FIRST_LINE} again at line ${to + FIRST_LINE}`,
      };
    },
  },
  {
    name: "lines out of order",
    named: ["reordered-event"],
    damage(lines, draw) {
      if (lines.length < 2) return undefined;
      const row = draw(lines.length - 1);
      const to = Math.min(lines.length - 1, row + 1 + draw(5));
      const rest = replaced(lines, row);
      return {
        lines: [...rest.slice(0, to), lines[row]!, ...rest.slice(to)],
        at: [row + FIRST_LINE, to + FIRST_LINE],
        what: `line ${row + FIRST_LINE} moved to line ${to + FIRST_LINE}`,
      };
    },
  },
  inLogs(
    "log dropped",
    ["missing-event"],
    () => true,
    (logs, index) => replaced(logs, index),
  ),
  inLogs(
    "log repeated",
    ["duplicate-event"],
    () => true,
    (logs, index) => replaced(logs, index, logs[index]!, logs[index]!),
  ),
  inLogs(
    OUT_OF_ORDER,
    ["reordered-event"],
    (logs, index) => index > 0 && JSON.stringify(logs[index - 1]) !== JSON.stringify(logs[index]),
    (logs, index) => [...logs.slice(0, index - 1), logs[index]!, logs[index - 1]!, ...logs.slice(index + 1)],
  ),
  inLogs(
    "data altered",
    ALTERED,
    (logs, index) => logs[index]!.data.length > 2,
    (logs, index, draw) =>
      replaced(logs, index, { ...logs[index]!, data: otherDigit(logs[index]!.data, draw) }),
  ),
  inLogs(
    "topic altered",
    ALTERED,
    (logs, index) => logs[index]!.topics.length > 0,
    (logs, index, draw) => {
      const log = logs[index]!;
      const topic = draw(log.topics.length);
      return replaced(logs, index, {
        ...log,
        topics: replaced(log.topics, topic, otherDigit(log.topics[topic]!, draw)),
      });
    },
  ),
  inLogs(
    "address altered",
    ALTERED,
    () => true,
    (logs, index, draw) =>
      replaced(logs, index, { ...logs[index]!, address: otherDigit(logs[index]!.address, draw) }),
  ),
  {
    name: "checkpoint altered",
    named: ["unexplained", "rounding", "lost-precision", "decimals"],
    damage(lines, draw) {
      const rows = lines.flatMap((line, row) => (leavesOf(line.state).length > 0 ? [row] : []));
      const row = pick(rows, draw);
      if (row === undefined) return undefined;
      const leaf = pick(leavesOf(lines[row]!.state), draw)!;
      const value = otherValue(leaf.value, draw);
      return {
        lines: replaced(lines, row, {
          ...lines[row]!,
          state: withLeaf(lines[row]!.state, leaf.path, value),
        }),
        at: [row + FIRST_LINE],
        what: `state.${leaf.path.join(".")} of line ${row + FIRST_LINE}: ${leaf.value} became ${value}`,
      };
    },
  },
];
