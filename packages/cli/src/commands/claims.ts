import { writeFile } from "node:fs/promises";
import {
  buildClaimTree,
  CLAIM_FAMILIES,
  type ClaimList,
  type ClaimTree,
  claimFamily,
  dumpClaimTree,
  dumpedClaims,
  parseClaimDump,
  parseClaims,
  parseClaimsCsv,
  verifyClaim,
} from "@shortfall/audit";
import { isShortfallError } from "@shortfall/core";
import { readText } from "@shortfall/sources";
import { type Command, Option } from "commander";
import { requireNewFiles } from "../new-files.js";
import { toJson } from "../output.js";
import type { Session } from "../session.js";

interface ClaimsOptions {
  readonly family: string;
  readonly tree?: string;
  readonly budget?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly root?: string;
}

/** `claims root`, `claims build` and `claims verify`. */
export function addClaims(program: Command, session: Session): void {
  const claims = program
    .command("claims")
    .summary("build and check compensation claims trees")
    .description(
      "Merkle trees of compensation claims: one root, a proof for each account, exact totals.\n" +
        "A claim list is JSON ([[address, amount]], {address: amount}, [[index, address, [[token, amount]]]],\n" +
        "several named lists, or an OpenZeppelin dump) or CSV (account,amount), plain or gzip.",
    );
  const add = (name: string, summary: string): Command =>
    claims
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .argument("<file>", "claim list")
      .addOption(
        new Option("--family <family>", "how leaves are hashed")
          .choices(CLAIM_FAMILIES.map(({ id }) => id))
          .makeOptionMandatory(),
      )
      .option("--tree <name>", "only the list of that name, where the file has several")
      .option("--json", "print one JSON document on standard output")
      .exitOverride();

  add("root", "root, leaves and total of a list")
    .option("--budget <amount>", "exit 1 if the claims add up to more, base units")
    .action(async (file: string, options: ClaimsOptions) => {
      report(await buildTrees(file, options, session), options, session);
    });
  add("build", "the whole tree with every proof")
    .option("--budget <amount>", "exit 1 if the claims add up to more, base units")
    .requiredOption("--out <file>", "where the tree goes, as JSON")
    .option("--force", "replace a file that is there")
    .action(async (file: string, options: ClaimsOptions) => {
      await requireNewFiles([options.out!], options.force);
      const built = await buildTrees(file, options, session);
      const dumps = built.map(({ name, tree }) => [name, dumpClaimTree(tree)] as const);
      const document = dumps.length === 1 ? dumps[0]![1] : Object.fromEntries(dumps);
      await writeFile(options.out!, `${toJson(document)}\n`);
      report(built, options, session);
    });
  add("verify", "check a list against a root, or every proof of a built tree")
    .option("--root <hash>", "root that the list must have")
    .action(async (file: string, options: ClaimsOptions) => {
      await verify(file, options, session);
    });
}

interface NamedTree {
  readonly name: string;
  readonly tree: ClaimTree;
}

async function buildTrees(file: string, options: ClaimsOptions, session: Session): Promise<NamedTree[]> {
  const text = await readText(file);
  return refusing(file, session, () => {
    const family = claimFamily(options.family);
    const lists = parseLists(text);
    const chosen = options.tree === undefined ? lists : lists.filter(({ name }) => name === options.tree);
    if (chosen.length === 0) {
      const names = lists.map(({ name }) => `"${name}"`).join(", ");
      return session.usage(`${file} has no list named "${options.tree}". It has: ${names}.`);
    }
    return chosen.map(({ name, claims }) => ({ name, tree: buildClaimTree(family, claims) }));
  });
}

const parseLists = (text: string): ClaimList[] =>
  /^\s*[[{]/.test(text) ? parseClaims(JSON.parse(text)) : parseClaimsCsv(text);

/** Refuses the file where its contents make no tree; defects pass through. */
function refusing<T>(file: string, session: Session, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SyntaxError) return session.usage(`${file} is not JSON: ${error.message}.`);
    if (isShortfallError(error)) return session.usage(`${file}: ${error.message}`);
    throw error;
  }
}

/** A total: one figure for a tree with one unnamed token, else by token. */
function totalOf(tree: ClaimTree): string | Record<string, string> {
  const entries = [...tree.totals].map(([token, sum]) => [token, sum.toString()] as const);
  return entries.length === 1 && entries[0]![0] === "" ? entries[0]![1] : Object.fromEntries(entries);
}

function report(built: readonly NamedTree[], options: ClaimsOptions, session: Session): void {
  const { output } = session;
  const rows = built.map(({ name, tree }) => ({
    ...(name === "" ? {} : { name }),
    root: tree.root,
    leaves: tree.claims.length,
    total: totalOf(tree),
  }));
  const over = overBudget(built, options, session);
  const budget = over === undefined ? {} : { budget: options.budget, overBudget: over };
  output.document(rows.length === 1 ? { ...rows[0], ...budget } : { trees: rows, ...budget });
  for (const row of rows) {
    if (row.name !== undefined) output.line(row.name);
    output.line(`root    ${row.root}`);
    output.line(`leaves  ${row.leaves}`);
    for (const [token, sum] of typeof row.total === "string"
      ? [["", row.total]]
      : Object.entries(row.total)) {
      output.line(`total   ${sum}${token === "" ? "" : `  ${token}`}`);
    }
  }
  if (over !== undefined && over > 0n) output.line(`The claims exceed the budget by ${over}.`);
  session.exitCode = over !== undefined && over > 0n ? 1 : 0;
}

/** By how much all claims exceed the budget; negative is spare. Undefined without a budget. */
function overBudget(
  built: readonly NamedTree[],
  options: ClaimsOptions,
  session: Session,
): bigint | undefined {
  if (options.budget === undefined) return undefined;
  if (!/^\d+$/.test(options.budget)) return session.usage("--budget must be a whole number of base units.");
  const sums = built.flatMap(({ tree }) => [...tree.totals.values()]);
  if (new Set(built.flatMap(({ tree }) => [...tree.totals.keys()])).size > 1) {
    return session.usage("--budget compares one token; this list pays several.");
  }
  return sums.reduce((a, b) => a + b, 0n) - BigInt(options.budget);
}

async function verify(file: string, options: ClaimsOptions, session: Session): Promise<void> {
  const text = await readText(file);
  const isDump = text.includes('"shortfall-claims/1"');
  if (!isDump && options.root === undefined) {
    session.usage("A plain claim list has no root of its own: give --root, or verify a built tree.");
  }
  const failures: string[] = [];
  const built = isDump
    ? refusing(file, session, () => checkDump(text, options, failures))
    : await buildTrees(file, options, session);
  for (const { name, tree } of built) {
    if (options.root !== undefined && tree.root !== options.root.toLowerCase()) {
      failures.push(
        `${name === "" ? "root" : `${name}, root`}: the list gives ${tree.root}, not ${options.root}`,
      );
    }
  }
  const { output } = session;
  const only = built.length === 1 ? built[0]!.tree : undefined;
  output.document({
    ok: failures.length === 0,
    ...(only ? { root: only.root, leaves: only.claims.length, total: totalOf(only) } : {}),
    failures,
  });
  for (const failure of failures) output.line(failure);
  output.line(failures.length === 0 ? "Everything verifies." : `${failures.length} checks failed.`);
  session.exitCode = failures.length === 0 ? 0 : 1;
}

/** Rebuilds the tree from the claims of a dump, and checks each of its proofs against its own root. */
function checkDump(text: string, options: ClaimsOptions, failures: string[]): NamedTree[] {
  const dump = parseClaimDump(JSON.parse(text));
  const family = claimFamily(options.family);
  if (dump.family !== family.id)
    failures.push(`family: the tree is of family ${dump.family}, not ${family.id}`);
  const claims = dumpedClaims(dump);
  const tree = buildClaimTree(family, claims);
  if (tree.root !== dump.root)
    failures.push(`root: the claims give ${tree.root}, the file says ${dump.root}`);
  claims.forEach((claim, index) => {
    if (!verifyClaim(family, dump.root, claim, index, dump.claims[index]!.proof)) {
      failures.push(`entry ${index}: the proof of ${claim.account} does not lead to the root`);
    }
  });
  for (const [token, sum] of tree.totals) {
    if (dump.total[token] !== sum.toString()) {
      failures.push(`total: the claims add up to ${sum}, the file says ${dump.total[token] ?? "nothing"}`);
    }
  }
  return [{ name: "", tree }];
}
