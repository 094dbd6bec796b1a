import pc from "picocolors";
import type { Sink, Terminal } from "./terminal.js";

type Colors = ReturnType<typeof pc.createColors>;

/** How a table column is aligned. */
export type Align = "left" | "right";

/** Writes for people on a terminal, or one JSON document for machines; the rest goes to standard error. */
export class Output {
  readonly json: boolean;
  /** Characters a line may have: the terminal's, at most 100. */
  readonly width: number;
  readonly colors: Colors;
  readonly errorColors: Colors;
  readonly #terminal: Terminal;
  #stream = false;

  constructor(terminal: Terminal, options: { readonly json: boolean; readonly color?: boolean }) {
    this.#terminal = terminal;
    this.json = options.json;
    this.width = Math.min(terminal.stdout.columns ?? 80, 100);
    this.colors = pc.createColors(usesColor(terminal.stdout, terminal.env, options.color));
    this.errorColors = pc.createColors(usesColor(terminal.stderr, terminal.env, options.color));
  }

  /**
   * Begins JSON Lines where `--json` asks for them or nobody looks: from now on every document is a line, and lines for
   * people are left out.
   */
  stream(): void {
    this.#stream = this.json || this.#terminal.stdout.isTTY !== true;
  }

  /** A line of JSON Lines, without its line feed; nothing where they were not begun. */
  record(line: string): void {
    if (this.#stream) this.#terminal.stdout.write(`${line}\n`);
  }

  /** A line for people; nothing in JSON mode. */
  line(text = ""): void {
    if (!this.json && !this.#stream) this.#terminal.stdout.write(`${text}\n`);
  }

  /** The one document of JSON mode; bigint becomes decimal strings. */
  document(value: unknown): void {
    if (this.#stream) this.record(toJson(value, 0));
    else if (this.json) this.#terminal.stdout.write(`${toJson(value)}\n`);
  }

  warn(text: string): void {
    this.#terminal.stderr.write(`${this.errorColors.yellow("warning:")} ${text}\n`);
  }

  error(text: string): void {
    this.#terminal.stderr.write(`${this.errorColors.red("error:")} ${text}\n`);
  }

  /** Rows aligned in columns, two spaces apart; trailing spaces are cut. */
  table(rows: readonly (readonly string[])[], align: readonly Align[]): void {
    for (const text of layOut(rows, align)) this.line(text);
  }

  /** A line on standard error that is rewritten, at most ten times a second; silent unless a terminal. */
  progress(label: string): Progress {
    return new Progress(this.#terminal, label);
  }
}

/** One rewritten line. Call `end` before anything else is printed. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #started: number;
  #last = 0;
  #shown = false;

  constructor(terminal: Terminal, label: string) {
    this.#terminal = terminal;
    this.#label = label;
    this.#started = terminal.now();
  }

  /** With a total, it also says how long the rest takes at the rate so far. */
  update(count: number, unit: string, total?: number): void {
    const { stderr, now } = this.#terminal;
    if (stderr.isTTY !== true || count % 16 !== 0) return;
    const time = now();
    if (time - this.#last < 100) return;
    this.#last = time;
    const seconds = Math.max(1, time - this.#started) / 1000;
    const rate = count / seconds;
    const of = total === undefined ? "" : ` of ${total}`;
    const left = total === undefined || rate === 0 ? "" : `  ${spokenTime((total - count) / rate)} left`;
    const text = `${this.#label}  ${count}${of} ${unit}  ${Math.round(rate)} ${unit}/s${left}`;
    stderr.write(`\r\u001b[2K${text.slice(0, 79)}`);
    this.#shown = true;
  }

  end(): void {
    if (this.#shown) this.#terminal.stderr.write("\r\u001b[2K");
    this.#shown = false;
  }
}

/** `45 s`, `12 min`, `3 h 05 min` */
function spokenTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 90) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** JSON with bigint as decimal strings, two spaces deep or on one line. */
export const toJson = (value: unknown, depth = 2): string =>
  JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? member.toString() : member), depth);

/** Aligned lines of a table, without colour in mind: colour whole lines afterwards. */
export function layOut(rows: readonly (readonly string[])[], align: readonly Align[]): string[] {
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    align
      .map((side, column) => {
        const cell = row[column] ?? "";
        return side === "left" ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
      })
      .join("  ")
      .trimEnd(),
  );
}

function usesColor(
  sink: Sink,
  env: Readonly<Record<string, string | undefined>>,
  asked: boolean | undefined,
): boolean {
  if (asked === false) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return true;
  return sink.isTTY === true && env.TERM !== "dumb" && (env.NO_COLOR ?? "") === "";
}
