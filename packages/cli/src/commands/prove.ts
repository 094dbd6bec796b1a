import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  JOURNAL_NAME,
  LIABILITIES_NAME,
  PROOF_FORMAT,
  type Proof,
  ProofError,
  parseProofs,
  proofFault,
  proveEntry,
  proveHolder,
  ROOTS_NAME,
  verifyFolder,
} from "@shortfall/audit";
import type { Command } from "commander";
import { textLines } from "../journal-entries.js";
import { requireNewFiles } from "../new-files.js";
import { toJson } from "../output.js";
import { openReportFolder } from "../report-folder.js";
import type { Session } from "../session.js";

interface ProveOptions {
  readonly history?: string;
  readonly pool?: string;
  readonly class?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** `prove entry` and `prove holder`. */
export function addProve(program: Command, session: Session): void {
  const prove = program
    .command("prove")
    .summary("prove one entry or one holder of a report")
    .description(
      "Writes a proof that needs no other part of the report: that an entry is in its journal, or what an account\n" +
        "is owed. `verify-proof`, and the verify.mjs of any report folder, check it offline.",
    );
  const add = (name: string, subject: string, summary: string): Command =>
    prove
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .argument("<folder>", "report folder")
      .argument(`<${subject}>`)
      .option("--history <name>", "history, where the report has several")
      .option("--out <file>", "where the proof goes; standard output if not given")
      .option("--force", "replace a file that is there")
      .option("--json", "print one JSON document on standard output")
      .exitOverride();

  add("entry", "sequence", "that an entry is in a journal").action(
    async (folder: string, sequence: string, options: ProveOptions) => {
      if (!/^\d+$/.test(sequence)) session.usage("The entry is named by its number, counted from 0.");
      await emit(folder, options, session, () => [
        proveEntry(textLines(join(resolve(folder), JOURNAL_NAME)), Number(sequence), options.history),
      ]);
    },
  );
  add("holder", "account", "what an account is owed, without the other holders")
    .option("--pool <pool>", "only in that pool")
    .option("--class <class>", "only of that class")
    .action(async (folder: string, account: string, options: ProveOptions) => {
      await emit(folder, options, session, () =>
        proveHolder(textLines(join(resolve(folder), LIABILITIES_NAME)), account, options),
      );
    });
}

/** Proves only what holds: a report that does not is refused. */
async function emit(
  folder: string,
  options: ProveOptions,
  session: Session,
  make: () => readonly Proof[],
): Promise<void> {
  const { output } = session;
  const verified = await verifyFolder(await openReportFolder(resolve(folder)));
  if (!verified.ok) {
    output.document({ failures: verified.failures });
    output.error(`${folder} does not hold, so nothing was proved. Run \`shortfall verify ${folder}\`.`);
    session.exitCode = 1;
    return;
  }
  const file = { format: PROOF_FORMAT, proofs: refusing(session, make) };
  if (options.out === undefined) {
    output.document(file);
    output.line(toJson(file));
    return;
  }
  await requireNewFiles([resolve(options.out)], options.force);
  await writeFile(resolve(options.out), `${toJson(file)}\n`);
  output.document({ files: [options.out], proofs: file.proofs.length });
  for (const proof of file.proofs) output.line(describe(proof));
  output.line(`Written to ${options.out}; send it with the roots of ${ROOTS_NAME}.`);
}

interface VerifyProofOptions {
  readonly folder?: string;
  readonly root?: string;
}

/** `verify-proof`. */
export function addVerifyProof(program: Command, session: Session): void {
  program
    .command("verify-proof")
    .summary("check a proof of an entry or a holder")
    .description(
      "Checks offline that each proof of a file leads to its root, and the root against a report folder's or a\n" +
        "given one. A proof alone cannot say that its root is the right one: compare it with a published copy.",
    )
    .argument("<file>", "proof that `prove` wrote")
    .option("--folder <folder>", "report folder whose roots.json must have the root")
    .option("--root <hash>", "root that every proof must lead to")
    .addHelpText(
      "after",
      "\nExit code: 0 every proof holds · 1 one does not · 2 no proof file" +
        "\n\nExamples:" +
        "\n  shortfall prove holder report 0x2f7e…19ab --out proof.json" +
        "\n  shortfall verify-proof proof.json --folder report",
    )
    .action(async (file: string, options: VerifyProofOptions) => {
      const text = await readFile(file, "utf8");
      const proofs = refusing(session, () => parseProofs(text));
      const known = options.folder === undefined ? undefined : await readRoots(options.folder);
      const rows = proofs.map((proof) => ({ proof, fault: faultOf(proof, known, options.root) }));
      const { output } = session;
      const ok = rows.every(({ fault }) => fault === undefined);
      output.document({
        ok,
        proofs: rows.map(({ proof, fault }) => ({
          kind: proof.kind,
          what: describe(proof),
          root: proof.root,
          ...(fault === undefined ? {} : { fault }),
        })),
      });
      for (const { proof, fault } of rows) {
        const mark = fault === undefined ? output.colors.green("ok") : output.colors.red("x ");
        output.line(`${mark} ${describe(proof)}${fault === undefined ? "" : `: ${fault}`}`);
        output.line(`   root ${proof.root}`);
      }
      if (ok && known === undefined && options.root === undefined) {
        output.line("Compare the root with a published copy: a proof cannot vouch for it.");
      }
      session.exitCode = ok ? 0 : 1;
    });
}

/** The parts of `roots.json` that a proof is held against. */
type Roots = readonly Readonly<Record<string, unknown>>[];

async function readRoots(folder: string): Promise<Roots> {
  await openReportFolder(resolve(folder));
  const { entries, liabilities } = JSON.parse(await readFile(join(resolve(folder), ROOTS_NAME), "utf8")) as {
    readonly entries: Roots;
    readonly liabilities: Roots;
  };
  return [...entries, ...liabilities];
}

function faultOf(proof: Proof, known: Roots | undefined, root: string | undefined): string | undefined {
  const fault = proofFault(proof);
  if (fault !== undefined) return fault;
  if (root !== undefined && proof.root !== root.toLowerCase()) return `it leads to another root than ${root}`;
  const said: [string, unknown][] =
    proof.kind === "entry"
      ? [
          ["history", proof.history],
          ["entries", proof.entries],
          ["root", proof.root],
        ]
      : [
          ["history", proof.history],
          ["pool", proof.pool],
          ["class", proof.class],
          ["asset", proof.asset],
          ["total", `${proof.total}`],
          ["root", proof.root],
        ];
  return known && !known.some((each) => said.every(([key, value]) => each[key] === value))
    ? "the report folder has no such root"
    : undefined;
}

const describe = (proof: Proof): string =>
  proof.kind === "entry"
    ? `Entry ${proof.sequence} of ${proof.entries} in ${proof.history}`
    : `${proof.account} is owed ${proof.balance} of ${proof.total} ${proof.asset} in ${proof.pool}, ${proof.class}`;

/** Refuses where there is nothing to prove or check; defects pass through. */
function refusing<T>(session: Session, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ProofError || error instanceof SyntaxError) return session.usage(error.message);
    throw error;
  }
}
