// npm run licences: writes docs/licences.md. With --check, compares it, and refuses licences that are not allowed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";
import { ROOT, run, setUp } from "./setup.mjs";

const FILE = join(ROOT, "docs", "licences.md");
/** What our users install with us: permissive, without conditions on their own code. */
const ALLOWED = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];
/** What else a tool may have that builds and tests but is never shipped. */
const ALLOWED_FOR_TOOLS = [...ALLOWED, "CC-BY-4.0", "CC0-1.0", "MPL-2.0", "Python-2.0"];
/** Tools whose manifest says it in a way of its own; read in their licence file. */
const READ_BY_HAND = { spawndamnit: "MIT" };

/** Every licence is allowed and the page is what the lockfile gives; throws with what is not. */
export function checkLicences() {
  const own = shipped();
  const refused = [
    ...own.filter(({ licence }) => !allows(ALLOWED, licence)),
    ...installed([]).filter(({ licence }) => !allows(ALLOWED_FOR_TOOLS, licence)),
  ];
  if (refused.length > 0) {
    const list = refused.map(({ name, version, licence }) => `  ${name} ${version}: ${licence}`).join("\n");
    throw new Error(
      `Licences that scripts/licences.mjs does not allow:\n${list}\nTake another package, or add the licence there with a reason.`,
    );
  }
  if (readFileSync(FILE, "utf8") !== page(own))
    throw new Error("docs/licences.md is not what the lockfile gives. Run `npm run licences` and commit it.");
  process.stdout.write(`${own.length} shipped dependencies, every licence allowed and listed.\n`);
}

/** What the public packages bring, and the peers that users may add. */
function shipped() {
  const peers = new Set(
    publicPackages().flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {})),
  );
  const brought = installed(["--prod"]);
  const names = new Set(brought.map(({ name }) => name));
  const optional = installed([]).filter(({ name }) => peers.has(name) && !names.has(name));
  return [...brought, ...optional.map((each) => ({ ...each, optional: true }))].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  );
}

function installed(flags) {
  const command = ["-r", "--filter", "./packages/*", "licenses", "list", "--json", ...flags];
  return Object.values(JSON.parse(run("pnpm", command, { capture: true })))
    .flat()
    .filter(({ name }) => !name.startsWith("@shortfall/"))
    .map(({ name, versions, license }) => ({
      name,
      version: versions.join(", "),
      licence: READ_BY_HAND[name] ?? license,
    }));
}

/** An expression is allowed if one of its alternatives is, with all that it demands. */
const allows = (list, licence) =>
  licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((each) => list.includes(each)));

function page(rows) {
  const table = rows.map(({ name, version, licence, optional }) => {
    const link = `[${name}](https://www.npmjs.com/package/${name})`;
    return `| ${link} | ${version} | ${licence} | ${optional ? "only if installed beside" : "yes"} |`;
  });
  return `# Licences of third-party packages

What the published packages install, with the versions of this repository's lockfile. Written by \`npm run licences\`; do not
edit. The checks refuse a licence that is not one of: ${ALLOWED.join(", ")}.

| package | version | licence | comes with shortfall |
| --- | --- | --- | --- |
${table.join("\n")}
`;
}

if (import.meta.filename === process.argv[1]) {
  setUp();
  if (process.argv.includes("--check")) checkLicences();
  else writeFileSync(FILE, page(shipped()));
}
