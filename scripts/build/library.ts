import { defineConfig, type Options } from "tsup";
import { pureConstants } from "./pure-constants.js";

/** How every package is built: one file an entry point, as ES module and CommonJS, with declarations. */
export const library = (own: Options = {}): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    target: "es2022",
    sourcemap: true,
    clean: true,
    // tsup sets baseUrl, which TypeScript 6 only accepts with this.
    dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
    esbuildPlugins: [pureConstants],
    ...own,
  });
