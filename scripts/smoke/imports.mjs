// Importing does nothing but import: no global changes, nothing is printed, nothing keeps the process alive.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup.mjs";

/** tsyringe asks for the metadata functions of Reflect, which reflect-metadata adds; the SDK says so. */
const ADDS_REFLECTION = ["@shortfall/sdk", "@shortfall/cli"];

const PROGRAM = `
const [specifier, addsReflection] = process.argv.slice(2);
const watched = {
  globalThis, Array, BigInt, Date, Error, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String, Symbol,
  process,
};
const snapshot = () => {
  const seen = new Map();
  for (const [name, object] of Object.entries(watched))
    for (const [at, target] of [[name, object], [name + ".prototype", object.prototype]])
      if (target) for (const key of Reflect.ownKeys(target)) {
        const { value, get } = Reflect.getOwnPropertyDescriptor(target, key);
        seen.set(at + "." + String(key), typeof value === "object" || get ? undefined : value);
      }
  seen.set("listeners of process", process.eventNames().map(String).sort().join());
  return seen;
};
const written = [];
for (const stream of [process.stdout, process.stderr]) stream.write = (text) => written.push(String(text)) > 0;
const before = snapshot();
const resources = process.getActiveResourcesInfo().length;
await import(specifier);
const after = snapshot();
const changed = [...new Set([...before.keys(), ...after.keys()])]
  .filter((key) => !before.has(key) || !after.has(key) || !Object.is(before.get(key), after.get(key)))
  .filter((key) => !(addsReflection === "true" && /^Reflect\\.[a-zA-Z]*[mM]etadata/.test(key)));
const open = process.getActiveResourcesInfo().length - resources;
process.exitCode = changed.length + written.length + Math.max(0, open) === 0 ? 0 : 1;
if (process.exitCode !== 0) process._rawDebug(JSON.stringify({ specifier, changed, written, open: process.getActiveResourcesInfo() }));
`;

/** Imports every entry point of the installed packages in a process of its own. */
export function checkImports(project, packages) {
  const file = join(project, "import-one.mjs");
  writeFileSync(file, PROGRAM);
  for (const { name, entries, manifest } of packages) {
    if (manifest.sideEffects !== false) throw new Error(`${name} must say "sideEffects": false.`);
    for (const { specifier } of entries)
      run("node", [file, specifier, String(ADDS_REFLECTION.includes(name))], { cwd: project, capture: true });
  }
}
