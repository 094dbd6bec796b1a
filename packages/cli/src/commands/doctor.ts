import type { Command } from "commander";
import {
  type Check,
  checkConfiguration,
  checkNode,
  checkNodes,
  checkPackages,
  checkPrograms,
} from "../diagnosis.js";
import type { Session } from "../session.js";

interface DoctorOptions {
  readonly network?: boolean;
  readonly config?: string;
}

export function addDoctor(program: Command, session: Session): void {
  program
    .command("doctor")
    .summary("what is installed, what is missing, what to do")
    .description(
      "Looks at Node, the configuration with all that it names, optional packages and programs.\n" +
        "Touches no network unless asked.",
    )
    .option("--network", "ask the nodes of the configuration which chain they serve")
    .addHelpText(
      "after",
      "\nExit code: 0 nothing is wrong; optional parts may be missing · 1 something is wrong",
    )
    .action(async ({ network = false, config }: DoctorOptions) => {
      const { checks, file } = await checkConfiguration(session.workingFolder, config);
      report(
        [
          checkNode(process.versions.node),
          ...checks,
          ...(network && file ? await checkNodes(file) : []),
          ...checkPackages(session.workingFolder),
          ...checkPrograms(),
        ],
        session,
      );
    });
}

function report(checks: readonly Check[], session: Session): void {
  const { output } = session;
  const wrong = checks.filter(({ status }) => status === "wrong").length;
  output.document({ ok: wrong === 0, checks });
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, status, found, advice } of checks) {
    const text = `${status.padEnd(7)}  ${name.padEnd(width)}  ${found}`;
    output.line(status === "wrong" ? output.colors.red(text) : text);
    if (advice !== undefined) output.line(`         ${"".padEnd(width)}  ${advice}`);
  }
  output.line(
    wrong === 0 ? "Nothing is wrong." : `${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`,
  );
  session.exitCode = wrong === 0 ? 0 : 1;
}
