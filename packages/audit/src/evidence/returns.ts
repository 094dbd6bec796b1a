import { formatShare } from "@shortfall/math/decimal";
import * as z from "zod";
import { type EvidenceFiles, type TableAt, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { brief, type EvidenceUnit, unitSchema } from "./unit.js";

interface ReturnsDescription {
  readonly unit: EvidenceUnit;
  readonly lists: readonly DescribedList[];
}

interface DescribedList {
  readonly name: string;
  readonly date: string;
  readonly debts: readonly TableAt[];
}

const schema: z.ZodType<ReturnsDescription> = z.strictObject({
  unit: unitSchema,
  /** In the order in which they were paid. A debt without amount was repaid whole, whatever it was. */
  lists: z
    .array(
      z.strictObject({
        name: z.string(),
        date: z.string().default(""),
        debts: z.array(tableSchema(["market", "account"], ["amount"])).min(1),
      }),
    )
    .min(2),
});

/** A debt of a list: an account in a market. */
interface Debt {
  readonly key: string;
  readonly market: string;
  readonly account: string;
  /** Undefined where the whole debt was repaid. */
  readonly amount: bigint | undefined;
}

interface DebtList {
  readonly name: string;
  readonly debts: readonly Debt[];
}

/** A debt that was repaid by amount and is there again. */
interface Return {
  readonly market: string;
  readonly account: string;
  readonly repaidIn: string;
  readonly repaid: bigint | undefined;
  readonly backIn: string;
  /** What was left; undefined where the later list repays it whole. */
  readonly left: bigint | undefined;
}

/** Which debts came back after they were repaid, where, and with how much left. */
export const returns = defineEvidenceKind<ReturnsDescription>({
  id: "returns",
  title: "debts that are repaid again in a later list",
  schema,
  reconcile({ unit, lists }, files) {
    const read = lists.map((list) => readList(list, files, unit));
    const found = returnsOf(read);
    const rows = read.map((list, index) => summaryOf(list, index, read, found));
    const findings = [...read.flatMap(repeated), ...rows.flatMap(listFindings)];
    const times = timesNamed(read);
    return {
      holds: holds(findings),
      verdict: verdict(rows),
      figures: {
        pairs: times.size,
        twice: [...times.values()].filter((count) => count === 2).length,
        moreOften: [...times.values()].filter((count) => count > 2).length,
        lists: rows,
        returns: found.map((each) => ({ ...each, ...ratioOf(each) })),
      },
      findings,
      tables: [listTable(rows), returnTable(found)],
    };
  },
});

function readList({ name, debts }: DescribedList, files: EvidenceFiles, unit: EvidenceUnit): DebtList {
  return {
    name,
    debts: debts.flatMap((table) =>
      files.rows(table).map((row) => {
        const market = row.text("market");
        const account = row.text("account");
        const amount = row.optional("amount") === undefined ? undefined : row.amount("amount", unit);
        return { key: `${market} ${account}`, market, account, amount };
      }),
    ),
  };
}

/** Each debt's next appearance in a later list. */
function returnsOf(lists: readonly DebtList[]): Return[] {
  return lists.flatMap((list, index) =>
    list.debts.flatMap(({ key, market, account, amount }) => {
      for (const later of lists.slice(index + 1)) {
        const again = later.debts.find((debt) => debt.key === key);
        if (again) {
          return [
            { market, account, repaidIn: list.name, repaid: amount, backIn: later.name, left: again.amount },
          ];
        }
      }
      return [];
    }),
  );
}

interface ListSummary {
  readonly name: string;
  readonly debts: number;
  readonly byAmount: number;
  readonly whole: number;
  readonly byAmountBack: number;
  readonly wholeBack: number;
  readonly backIn: Readonly<Record<string, number>>;
  readonly isLast: boolean;
}

function summaryOf(
  { name, debts }: DebtList,
  index: number,
  lists: readonly DebtList[],
  found: readonly Return[],
): ListSummary {
  const own = found.filter(({ repaidIn }) => repaidIn === name);
  const backIn: Record<string, number> = {};
  for (const each of own) backIn[each.backIn] = (backIn[each.backIn] ?? 0) + 1;
  const byAmount = debts.filter(({ amount }) => amount !== undefined).length;
  return {
    name,
    debts: debts.length,
    byAmount,
    whole: debts.length - byAmount,
    byAmountBack: own.filter(({ repaid }) => repaid !== undefined).length,
    wholeBack: own.filter(({ repaid }) => repaid === undefined).length,
    backIn,
    isLast: index === lists.length - 1,
  };
}

function listFindings({
  name,
  byAmount,
  byAmountBack,
  whole,
  wholeBack,
  backIn,
  isLast,
}: ListSummary): EvidenceFinding[] {
  if (isLast) return [];
  const findings: EvidenceFinding[] = [];
  const where = Object.entries(backIn)
    .map(([list, count]) => `${count} in ${list}`)
    .join(", ");
  if (byAmountBack > 0) {
    findings.push({
      severity: "differs",
      class: "debt-returned",
      message: `${byAmountBack} of the ${byAmount} debts that ${name} repaid by amount came back: ${where}.`,
    });
  }
  if (wholeBack > 0) {
    findings.push({
      severity: "differs",
      class: "whole-debt-returned",
      message: `${wholeBack} of the ${whole} debts that ${name} repaid whole came back: ${where}.`,
    });
  } else if (whole > 0) {
    findings.push({
      severity: "note",
      class: "whole-debt-stayed",
      message: `None of the ${whole} debts that ${name} repaid whole came back.`,
    });
  }
  return findings;
}

function repeated({ name, debts }: DebtList): EvidenceFinding[] {
  const seen = new Set<string>();
  return debts.flatMap(({ key, market, account }) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        severity: "differs" as const,
        class: "duplicate-debt",
        message: `${name} names ${account} twice in ${market}.`,
      },
    ];
  });
}

function timesNamed(lists: readonly DebtList[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { debts } of lists) {
    for (const key of new Set(debts.map((debt) => debt.key))) times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}

function verdict(rows: readonly ListSummary[]): string {
  const before = rows.filter(({ isLast }) => !isLast);
  const count = (pick: (row: ListSummary) => number): number =>
    before.reduce((sum, row) => sum + pick(row), 0);
  const byAmount = count((row) => row.byAmount);
  const whole = count((row) => row.whole);
  const back = count((row) => row.byAmountBack);
  const wholeBack = count((row) => row.wholeBack);
  const rest = whole === 0 ? "" : `, ${wholeBack} of the ${whole} repaid whole`;
  return `Of ${byAmount} debts repaid by a fixed amount ${back} came back in a later list${rest}.`;
}

/** What was left as a share of what had been repaid. */
const ratioOf = ({ repaid, left }: Return): { leftShare?: string } =>
  repaid === undefined || left === undefined ? {} : { leftShare: formatShare(left, repaid, 3, "half-up") };

function listTable(rows: readonly ListSummary[]) {
  return {
    title: "Lists",
    rows: [
      ["list", "debts", "by amount", "of them back", "whole", "of them back"],
      ...rows.map((row) =>
        [row.name, row.debts, row.byAmount, row.byAmountBack, row.whole, row.wholeBack].map((cell) =>
          String(cell),
        ),
      ),
    ],
  };
}

function returnTable(found: readonly Return[]) {
  const text = (amount: bigint | undefined): string => amount?.toString() ?? "whole";
  return {
    title: "Debts that came back, base units",
    rows: [
      ["account", "market", "repaid in", "repaid", "back in", "left", "share"],
      ...found.map((each) => [
        brief(each.account),
        brief(each.market),
        each.repaidIn,
        text(each.repaid),
        each.backIn,
        text(each.left),
        ratioOf(each).leftShare ?? "",
      ]),
    ],
  };
}
