// npm run release:publish: publishes each public package that the registry does not have in its version.
// With --dry-run, packs and shows what would go. The packages must be built and checked.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";
import { ROOT, run, setUp } from "./setup.mjs";

const dryRun = process.argv.includes("--dry-run");
const tarballs = join(ROOT, ".cache", "release");

setUp();
rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });
const due = publicPackages().filter(({ name, manifest }) => dryRun || !isPublished(name, manifest.version));
for (const { name, folder, manifest } of due) publish(name, folder, manifest);
if (!dryRun && due.length > 0) run("changeset", ["tag"]);
process.stdout.write(`${due.length} packages ${dryRun ? "would be " : ""}published.\n`);

function isPublished(name, version) {
  const { status, stdout, stderr } = spawnSync("npm", ["view", `${name}@${version}`, "version"], {
    encoding: "utf8",
  });
  if (status !== 0 && !stderr.includes("E404"))
    throw new Error(`npm cannot say whether ${name}@${version} is published: ${stderr}`);
  return stdout.trim() === version;
}

/** pnpm packs, because only it knows what `workspace:` and `catalog:` stand for; npm publishes, and signs. */
function publish(name, folder, manifest) {
  withRepository(folder, manifest, () => {
    run("pnpm", ["pack", "--pack-destination", tarballs], { cwd: folder, capture: true });
  });
  const file = `${name.slice(1).replace("/", "-")}-${manifest.version}.tgz`;
  const how = dryRun ? ["--dry-run"] : ["--provenance"];
  run("npm", ["publish", join(tarballs, file), "--access", "public", ...how]);
}

/** Provenance demands that a manifest names the repository that publishes it; only the workflow knows which. */
function withRepository(folder, manifest, act) {
  const repository = process.env.GITHUB_REPOSITORY;
  if (repository === undefined) return act();
  const file = join(folder, "package.json");
  const text = readFileSync(file, "utf8");
  const url = `git+https://github.com/${repository}.git`;
  const directory = `packages/${folder.split(/[/\\]/).at(-1)}`;
  try {
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, repository: { type: "git", url, directory } }, null, 2),
    );
    act();
  } finally {
    writeFileSync(file, text);
  }
}
