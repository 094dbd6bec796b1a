import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  sourcemap: true,
  clean: true,
  // tsup sets baseUrl, which TypeScript 6 only accepts with this.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
