// npm run errors: writes the pages of this folder from the source.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { errorPages } from "./pages.js";

const folder = new URL("./", import.meta.url);
const pages = await errorPages();
for (const name of readdirSync(folder)) if (name.endsWith(".md")) rmSync(new URL(name, folder));
for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
process.stdout.write(`${pages.size} pages of errors.\n`);
