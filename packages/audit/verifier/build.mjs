// Puts verify.mjs into src/verify/verifier-text.ts as plain text, so that a report can be written from source, from a
// build and in a browser alike.
import { readFile, writeFile } from "node:fs/promises";

const text = await readFile(new URL("verify.mjs", import.meta.url), "utf8");
const lines = text.split("\n").map((line) => `  ${JSON.stringify(line)},`);
const module = `// Made by verifier/build.mjs from verifier/verify.mjs; run \`pnpm --filter @shortfall/audit verifier\` after a change there.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text of a program

/** Name of the verifier in a report folder. */
export const VERIFIER_NAME = "verify.mjs";

/** The verifier: one file that needs nothing but Node. */
export const VERIFIER = [
${lines.join("\n")}
].join("\\n");
`;
await writeFile(new URL("../src/verify/verifier-text.ts", import.meta.url), module);
