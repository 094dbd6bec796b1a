import { readFile } from "node:fs/promises";
import type { Options } from "tsup";
import ts from "typescript";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * Marks the constants of every module as free of side effects, so that a user's bundler drops those nobody reads.
 *
 * `sideEffects: false` says it for whole files, and our files are joined into one: a bundler that cannot see
 * whether `definePolicy(…)` does anything would keep every policy for the sake of one.
 */
export const pureConstants: Plugin = {
  name: "pure-constants",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\].*\.ts$|@noble[/\\]hashes[/\\].*\.js$/ }, async ({ path }) => ({
      contents: markConstants(path, await readFile(path, "utf8")),
      loader: path.endsWith(".ts") ? "ts" : "js",
    }));
  },
};

/** `const a = f()` becomes `const a = /* @__PURE__ *\/ (() => f())()`, for constants at the top that compute. */
function markConstants(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const computed = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .flatMap(({ name, initializer }) => (initializer && ts.isIdentifier(name) ? [initializer] : []))
    .filter((initializer) => !isFunction(initializer) && !ts.isLiteralExpression(initializer));
  return computed.reduceRight((marked, initializer) => {
    const [start, end] = [initializer.getStart(source), initializer.end];
    return `${marked.slice(0, start)}/* @__PURE__ */ (() => (${marked.slice(start, end)}))()${marked.slice(end)}`;
  }, text);
}

const isFunction = (node: ts.Expression): boolean =>
  ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isClassExpression(node);
