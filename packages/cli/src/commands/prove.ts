import { writeFile } from "node:fs/promises";
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
import { readText, SourceError } from "@shortfall/sources";
import { type Command, Option } from "commander";
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
  const file = { format: PROOF_FORMAT, proofs: proving(session, make) };
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
    .addOption(new Option("--root <hash>", "root that every proof must lead to").conflicts("folder"))
    .addHelpText(
      "after",
      "\nExit code: 0 every proof holds · 1 one does not · 2 no proof file" +
        "\n\nExamples:" +
        "\n  shortfall prove holder report 0x2f7e…19ab --out proof.json" +
        "\n  shortfall verify-proof proof.json --folder report",
    )
    .action(async (file: string, options: VerifyProofOptions) => {
      if (options.root !== undefined && !/^(0x)?[0-9a-f]{64}$/i.test(options.root))
        session.usage(`--root takes 64 hexadecimal digits, as in ${ROOTS_NAME}, not "${options.root}".`);
      const proofs = await readProofs(file);
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

/** @throws {SourceError} it is no file of proofs. */
async function readProofs(file: string): Promise<readonly Proof[]> {
  const text = await readText(file);
  try {
    return parseProofs(text);
  } catch (error) {
    const advice = "Name a file that `shortfall prove … --out FILE` wrote.";
    if (error instanceof ProofError) {
      const { field, expected, received } = error;
      throw new SourceError({ file, line: 0, field, expected, received, advice }, { cause: error });
    }
    if (error instanceof SyntaxError) throw notJson(file, error, advice);
    throw error;
  }
}

const notJson = (file: string, error: SyntaxError, advice: string): SourceError =>
  new SourceError(
    { file, line: 0, field: "content", expected: "one JSON document", received: error.message, advice },
    { cause: error },
  );

/** The parts of `roots.json` that a proof is held against. */
type Roots = readonly (Readonly<Record<string, unknown>> | null)[];

async function readRoots(folder: string): Promise<Roots> {
  const reader = await openReportFolder(resolve(folder));
  const file = join(folder, ROOTS_NAME);
  const advice = `Run \`shortfall verify ${folder}\`.`;
  const unfit = (expected: string, received: string): SourceError =>
    new SourceError({ file, line: 0, field: "content", expected, received, advice });
  if (!(await reader.names()).includes(ROOTS_NAME))
    throw unfit("the roots of a report folder", "no such file");
  let roots: { readonly entries?: unknown; readonly liabilities?: unknown } | null;
  try {
    roots = JSON.parse(await readText(resolve(file))) as typeof roots;
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson(file, error, advice);
    throw error;
  }
  if (!Array.isArray(roots?.entries) || !Array.isArray(roots.liabilities))
    throw unfit("lists of entries and liabilities", "something else");
  return [...(roots.entries as Roots), ...(roots.liabilities as Roots)];
}

function faultOf(proof: Proof, known: Roots | undefined, root: string | undefined): string | undefined {
  const fault = proofFault(proof);
  if (fault !== undefined) return fault;
  if (root !== undefined && proof.root !== root.toLowerCase().replace("0x", ""))
    return `it leads to another root than ${root}`;
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
  return known && !known.some((each) => said.every(([key, value]) => each?.[key] === value))
    ? "the report folder has no such root"
    : undefined;
}

const describe = (proof: Proof): string =>
  proof.kind === "entry"
    ? `Entry ${proof.sequence} of ${proof.entries} in ${proof.history}`
    : `${proof.account} is owed ${proof.balance} of ${proof.total} ${proof.asset} in ${proof.pool}, ${proof.class}`;

/** Refuses where there is nothing to prove; defects pass through. */
function proving<T>(session: Session, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProofError) return session.usage(error.message);
    throw error;
  }
}
