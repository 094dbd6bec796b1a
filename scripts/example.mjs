// npm run -s example -- <name> [arguments]: runs an example from source.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./setup.mjs";

const [name, ...args] = process.argv.slice(2);
const main = name && join("examples", name, "src", "main.ts");
if (!main || !existsSync(join(ROOT, main))) {
  const names = readdirSync(join(ROOT, "examples")).filter((each) =>
    existsSync(join(ROOT, "examples", each, "src", "main.ts")),
  );
  process.stderr.write(`Usage: npm run -s example -- <name> [arguments]. Examples: ${names.join(", ")}\n`);
  process.exit(2);
}
run("node", ["--conditions=@shortfall/source", "--import", "tsx", main, ...args]);
