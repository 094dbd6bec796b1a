import { defineConfig } from "vitest/config";

// Tests resolve every package to its source, so that nothing need be built first.
const conditions = ["@shortfall/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/*/**/*.test.ts", "docs/test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ["default"],
  },
});
