// npm test: sets up, runs the main job, then every check. Tasks whose inputs did not change come from the cache.

import { checkLicences } from "./licences.mjs";
import { checkLinks } from "./links.mjs";
import { mainJob } from "./main-job.mjs";
import { run, setUp } from "./setup.mjs";

const started = Date.now();
const steps = [
  ["main job on the example logs", mainJob],
  ["lint", () => run("biome", ["check", "--error-on-warnings", "."])],
  [
    "types",
    () => {
      for (const project of ["tsconfig.json", "docs/tsconfig.json"])
        run("node", ["node_modules/typescript-native/bin/tsc", "-p", project]);
    },
  ],
  ["links of the documentation", checkLinks],
  ["licences of dependencies", checkLicences],
  [
    "unit, property and conformance tests; examples",
    () => run("turbo", ["run", "test", "example", "--output-logs=new-only", "--concurrency=2"]),
  ],
  ["documentation site", () => run("turbo", ["run", "site", "--output-logs=new-only"])],
  [
    "builds; packed tarballs in ESM, CJS, TypeScript and bundles; surface and sizes",
    () => run("turbo", ["run", "smoke", "--output-logs=new-only", "--concurrency=2"]),
  ],
];

setUp();
let passed = 0;
for (const [name, step] of steps) {
  process.stdout.write(`\n── ${name}\n`);
  step();
  passed++;
}
process.stdout.write(
  `\nAll checks passed in ${Math.round((Date.now() - started) / 1000)} s.\n${passed} passed, 0 failed\n`,
);
