// node scripts/announced.mjs <base>: a package whose public surface differs from the base has a changeset.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./setup.mjs";

const [base] = process.argv.slice(2);
if (base === undefined) {
  process.stderr.write("Usage: node scripts/announced.mjs <branch or commit to compare with>\n");
  process.exit(2);
}
const changed = run("git", ["diff", "--name-only", "--diff-filter=d", `${base}...HEAD`], { capture: true })
  .split("\n")
  .filter(Boolean);
const changesets = changed
  .filter((file) => /^\.changeset\/(?!README).*\.md$/.test(file))
  .map((file) => readFileSync(join(ROOT, file), "utf8"));
const unannounced = [
  ...new Set(changed.flatMap((file) => /^packages\/([^/]+)\/api\//.exec(file)?.slice(1) ?? [])),
]
  .map((name) => `@shortfall/${name}`)
  .filter((name) => !changesets.some((text) => new RegExp(`^["']${name}["']:`, "m").test(text)));
if (unannounced.length > 0) {
  process.stderr.write(
    `The public surface of ${unannounced.join(", ")} changes, and no changeset says so. Run \`npm run changeset\` and commit what it writes.\n`,
  );
  process.exit(1);
}
process.stdout.write("Every change of a public surface is announced.\n");
