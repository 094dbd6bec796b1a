// The declarations of the installed packages, as TypeScript resolves them for Node and for bundlers.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "../setup.mjs";

const USE = `import * as sdk from "@shortfall/sdk";
import { defineConfig } from "@shortfall/cli";
import { parseAmount } from "@shortfall/math/decimal";
export const units: bigint = parseAmount("1", 6);
export type Ledger = ReturnType<typeof sdk.createLedger>;
// @ts-expect-error an event that no ledger has
sdk.createLedger().on("bogus", () => {});
// @ts-expect-error a setting that no configuration has
export default defineConfig({ bogus: 1 });
`;
const USE_FROM_COMMONJS = `import sdk = require("@shortfall/sdk");
export type Ledger = ReturnType<typeof sdk.createLedger>;
`;

/** Compiles a module that uses the packages, with every resolution that users have. */
export function checkTypes(project) {
  writeFileSync(join(project, "use.ts"), USE);
  writeFileSync(join(project, "use.cts"), USE_FROM_COMMONJS);
  compile(project, "node16", "node16", ["use.ts", "use.cts"]);
  compile(project, "esnext", "bundler", ["use.ts"]);
}

function compile(cwd, module, resolution, files) {
  const options = { "--target": "es2022", "--module": module, "--moduleResolution": resolution };
  run(
    "node",
    [
      join(ROOT, "node_modules/typescript-native/bin/tsc"),
      ...["--noEmit", "--strict", "--skipLibCheck"],
      ...Object.entries(options).flat(),
      ...files,
    ],
    { cwd },
  );
}
