import { posix } from "node:path";
import type { MarkdownRenderer } from "vitepress";

/**
 * Links to code, and links that leave the folder of the documentation, lead to files that the site does not hold.
 * They lead to `repository` where one is given; otherwise the path stands there as it is.
 */
export function repositoryLinks(markdown: MarkdownRenderer, repository: string | undefined): void {
  markdown.core.ruler.push("repository-links", (state) => {
    const page = (state.env as { readonly relativePath?: string }).relativePath ?? "";
    for (const block of state.tokens) {
      const open: boolean[] = [];
      for (const token of block.children ?? []) {
        if (token.type === "link_close") {
          if (open.pop()) token.tag = "span";
          continue;
        }
        if (token.type !== "link_open") continue;
        const href = token.attrGet("href") ?? "";
        const path = posix.join(posix.dirname(page), href);
        const relative = !/^[a-z]+:|^[#/]/.test(href);
        const outside = relative && (path.startsWith("../") || /\.(ts|json|mjs)$/.test(path));
        open.push(outside && repository === undefined);
        if (!outside) continue;
        const inside = path.startsWith("../") ? path.replace(/^(\.\.\/)+/, "") : `docs/${path}`;
        if (repository !== undefined) {
          token.attrSet("href", `${repository}/blob/main/${inside}`);
          continue;
        }
        token.tag = "span";
        token.attrs = [
          ["class", "in-repository"],
          ["title", `${inside} in the repository`],
        ];
        token.type = "html_span_open";
      }
    }
  });
  markdown.renderer.rules.html_span_open = (tokens, at, options, _env, self) =>
    self.renderToken(tokens, at, options);
}
