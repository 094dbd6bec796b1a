// What publint and "are the types wrong" say about each tarball.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { run } from "../setup.mjs";

/** Stops at what publint calls an error or a warning; throws with every problem of the types. */
export async function checkManifests(tarballs) {
  const { checkPackage, createPackageFromTarballData } = await typesChecker();
  const messages = [];
  for (const [name, file] of tarballs) {
    run("publint", ["--strict", file], { capture: true });
    const tarball = readFileSync(file);
    const analysis = await checkPackage(createPackageFromTarballData(tarball));
    if (analysis.types === false) messages.push(`${name}: has no types`);
    // Node 10 knew no subpaths; nothing that old runs us.
    for (const problem of (analysis.problems ?? []).filter((each) => each.resolutionKind !== "node10"))
      messages.push(`${name}: ${JSON.stringify(problem)}`);
  }
  if (messages.length > 0) throw new Error(`Types are wrong:\n  ${messages.join("\n  ")}`);
}

/** The library inside the command, so that all tarballs cost one start. */
async function typesChecker() {
  const ofCommand = createRequire(
    createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json"),
  );
  return import(pathToFileURL(ofCommand.resolve("@arethetypeswrong/core")).href);
}
