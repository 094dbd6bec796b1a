import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The page's script as the browser runs it. */
export async function bundlePage(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("main.ts", import.meta.url))],
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    charset: "ascii",
    legalComments: "none",
    conditions: ["@shortfall/source"],
    tsconfigRaw: "{}",
    write: false,
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error("The bundler wrote nothing.");
  // No text in a script may end it.
  return file.text.trim().replaceAll("</script", "<\\/script");
}

/** The module that holds the script. */
export const scriptModule = (script: string): string =>
  `// Made by page/build.ts from page/main.ts; run \`pnpm --filter @shortfall/report page\` after a change there.\n\n/** The page's script. */\nexport const PAGE_SCRIPT =\n  ${JSON.stringify(script).replaceAll("${", "\\u0024{")};\n`;
