// Bundles the page's script into src/page-script.ts: plain text, so that a report needs no file at run time and
// has the same bytes from source and from a build.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundlePage, scriptModule } from "./bundle.js";

const target = fileURLToPath(new URL("../src/page-script.ts", import.meta.url));
await writeFile(target, scriptModule(await bundlePage()));
