import { writeFile } from "node:fs/promises";
import {
  buildClaimTree,
  type ClaimFamily,
  type ClaimList,
  type ClaimTree,
  claimFamily,
  dumpClaimTree,
  parseClaimDump,
  parseClaims,
  parseClaimsCsv,
  verifyClaim,
} from "@shortfall/audit";
import { isShortfallError } from "@shortfall/core";
import type { Command } from "commander";
import { readText } from "../read-text.js";
import type { Session } from "../session.js";
import { toJson } from "../output.js";

interface ClaimsOptions {
  readonly family: string;
  readonly tree?: string;
  readonly budget?: string;
  readonly out?: string;
  readonly root?: string;
}

const FAMILIES = "oz-standard-v1, packed or indexed-multi";

/** `claims root`, `claims build` and `claims verify`. */
export function addClaims(program: Command, session: Session): void {
  const claims = program.command("claims").summary("compensation claims trees").description(
    "Builds and checks Merkle trees of compensation claims: one root, one proof an account, exact totals.\n" +
      "Claim lists are JSON ([[address, amount]], {address: amount}, [[index, address, [[token, amount]]]], several\n" +
      "named lists, or an OpenZeppelin dump) or CSV (account,amount).",
  );
  const common = (command: Command): Command =>
    command
      .argument("<file>", "claim list")
      .requiredOption("--family <family>", FAMILIES)
      .option("--tree <name>", "only the list of that name, where the file has several")
      .option("--budget <amount>", "fail if the claims add up to more, base units")
      .option("--json", "print one JSON document on standard output");

  common(claims.command("root").summary("root, leaves and total")).action(
    async (file: string, options: ClaimsOptions) => report(await trees(file, options, session), options, session),
  );
  common(claims.command("build").summary("the whole tree with all proofs"))
    .option("--out <file>", "write it there instead of printing it")
    .action(async (file: string, options: ClaimsOptions) => {
      const built = await trees(file, options, session);
      const dumps = built.map(({ tree }) => dumpClaimTree(tree));
      const text = toJson(dumps.length === 1 ? dumps[0] : Object.fromEntries(built.map(({ name }, k) => [name, dumps[k]])));
      if (options.out === undefined) session.output.text(`${text}\n`);
      else {
        await writeFile(options.out, `${text}\n`);
        report(built, options, session);
      }
    });
  common(claims.command("verify").summary("check a list against a root, or every proof of a built tree"))
    .option("--root <hash>", "root that the list must have")
    .action((file: string, options: ClaimsOptions) => verify(file, options, session));
}

interface NamedTree {
  readonly name: string;
  readonly tree: ClaimTree;
}

async function trees(file: string, options: ClaimsOptions, session: Session): Promise<NamedTree[]> {
  const family = refusing(session, () => claimFamily(options.family));
  const lists = refusing(session, () => parseLists(file, text), file);
  const chosen = options.tree === undefined ? lists : lists.filter(({ name }) => name === options.tree);
  if (chosen.length === 0) {
    return session.usage(`${file} has no list named "${options.tree}". It has: ${lists.map(({ name }) => name).join(", ")}.`);
  }
  return chosen.map(({ name, claims }) => ({
    name,
    tree: refusing(session, () => buildClaimTree(family, claims), file),
  }));
}

function parseLists(file: string, text: string): ClaimList[] {
  return /^\s*[[{]/.test(text) ? parseClaims(parseJson(file, text)) : parseClaimsCsv(text);
}
