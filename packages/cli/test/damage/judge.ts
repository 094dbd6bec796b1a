import type { DifferenceClass } from "@shortfall/core";
import { isShortfallError } from "@shortfall/core";
import { type GoldenHistory, reconcileLines } from "./golden.js";
import { invisibleDamage } from "./invisible.js";
import type { DamageKind, Draw } from "./kinds.js";

/** How reconciling a damaged copy went. */
export interface Judgement {
  /** `named`: found at its place under a class for such damage. `found`: at its place, unexplained. */
  readonly outcome: "named" | "found" | "invisible" | "elsewhere" | "unnoticed" | "crash";
  readonly what: string;
  readonly classes: readonly DifferenceClass[];
}

/** Lines read after the damage: findings stand at it or close behind. */
const READ_ON = 30;

/**
 * Damages a copy of a history in one way, reconciles it up to a little behind the damage, and judges what was found.
 * Undefined where the history offers no place for such damage.
 */
export async function judgeDamage(
  history: GoldenHistory,
  kind: DamageKind,
  draw: Draw,
): Promise<Judgement | undefined> {
  const damaged = kind.damage(history.lines, draw);
  if (!damaged) return undefined;
  const what = `${history.file}, ${kind.name}: ${damaged.what}`;
  const judged = (outcome: Judgement["outcome"], classes: readonly DifferenceClass[] = []): Judgement => ({
    outcome,
    what,
    classes,
  });
  try {
    const result = await reconcileLines(history, damaged.lines.slice(0, Math.max(...damaged.at) + READ_ON));
    const said = [
      ...result.findings
        .filter(({ severity }) => severity !== "note")
        .map((finding) => ({ line: finding.position.line, class: finding.class })),
      ...result.writeOffs.filter(({ difference }) => difference !== 0n),
    ];
    if (said.length === 0) return judged(invisibleDamage(kind, damaged) ? "invisible" : "unnoticed");
    const here = said.filter(({ line }) => typeof line === "number" && damaged.at.includes(line));
    const classes = [...new Set(here.map((each) => each.class))];
    if (here.length === 0) return judged("elsewhere");
    return judged(classes.some((each) => kind.named.includes(each)) ? "named" : "found", classes);
  } catch (error) {
    // A line that cannot be read is refused by name and place.
    const refused = isShortfallError(error) && error.code === "SF_LINE" && "line" in error;
    if (refused && damaged.at.includes(Number(error.line))) return judged("named", ["unreadable"]);
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...judged("crash"), what: `${what}: ${reason}` };
  }
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
