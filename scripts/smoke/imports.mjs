// Importing does nothing but import: no global changes, nothing is printed, nothing keeps the process alive.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup.mjs";

/** What dependencies do to globals, and who may bring it. Ours do nothing. */
const EXCEPTIONS = [
  // zod keeps one registry and one configuration for all copies of itself.
  { who: /./, what: /^globalThis\.__zod_/ },
  // fflate loads worker_threads, and Node then counts changes of the working folder.
  { who: /^@shortfall\/(report|cli)$/, what: /^process\.chdir$/ },
  // tsyringe asks for reflect-metadata; the CommonJS of its tslib 1 leaves its helpers on the global object.
  {
    who: /^@shortfall\/(sdk|cli)$/,
    what: /^Reflect\.([a-zA-Z]*[mM]etadata|decorate|Symbol\(@reflect-metadata)/,
  },
  { who: /^@shortfall\/(sdk|cli)$/, what: /^globalThis\.__[a-zA-Z]+$/ },
];

/** Imports one module, and prints as JSON what changed. */
const PROGRAM = `
const watched = {
  globalThis, Array, BigInt, Date, Error, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String, Symbol,
  process,
};
/** Functions and plain values by where they are; objects change inside, and getters of Node load when first read. */
const snapshot = () => {
  const seen = new Map();
  for (const [name, object] of Object.entries(watched))
    for (const [at, target] of [[name, object], [name + ".prototype", object.prototype]])
      if (target) for (const key of Reflect.ownKeys(target)) {
        const { value, get } = Reflect.getOwnPropertyDescriptor(target, key);
        seen.set(at + "." + String(key), get || typeof value === "object" ? undefined : { value });
      }
  seen.set("listeners of process", { value: process.eventNames().map(String).sort().join() });
  return seen;
};
const written = [];
const write = process.stdout.write.bind(process.stdout);
for (const stream of [process.stdout, process.stderr]) stream.write = (text) => written.push(String(text)) > 0;
// A first look by itself makes Node load some of its own globals, which then leave marks.
snapshot();
const before = snapshot();
const resources = process.getActiveResourcesInfo().length;
await import(process.argv[2]);
const after = snapshot();
const open = process.getActiveResourcesInfo().slice(resources);
const differs = (key) =>
  before.has(key) && after.has(key)
    ? before.get(key) !== undefined && !Object.is(before.get(key).value, after.get(key)?.value)
    : true;
const changed = [...new Set([...before.keys(), ...after.keys()])].filter(differs);
write(JSON.stringify({ changed, written, open }));
`;

/** Imports every entry point of the installed packages in a process of its own; throws with what it changed. */
export function checkImports(project, packages) {
  const file = join(project, "import-one.mjs");
  writeFileSync(file, PROGRAM);
  const faults = [];
  for (const { name, entries, manifest } of packages) {
    if (manifest.sideEffects !== false) faults.push(`${name} must say "sideEffects": false`);
    for (const { specifier } of entries.filter(({ condition }) => condition === "import")) {
      const found = JSON.parse(run("node", [file, specifier], { cwd: project, capture: true }));
      const changed = found.changed.filter(
        (what) => !EXCEPTIONS.some((each) => each.who.test(name) && each.what.test(what)),
      );
      if (changed.length > 0) faults.push(`${specifier} changes ${changed.join(", ")}`);
      if (found.written.length > 0) faults.push(`${specifier} prints ${JSON.stringify(found.written)}`);
      if (found.open.length > 0) faults.push(`${specifier} leaves open ${found.open.join(", ")}`);
    }
  }
  if (faults.length > 0) throw new Error(`Importing has side effects:\n  ${faults.join("\n  ")}`);
}
