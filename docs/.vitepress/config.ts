import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { repositoryLinks } from "./repository-links.js";
import { sidebars } from "./sidebar.js";

const DOCS = fileURLToPath(new URL("..", import.meta.url));
const root = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
/** Where the repository is published, once it is. */
const repository: string | undefined = root.repository?.url?.replace(/^git\+|\.git$/g, "");

// Every package from its source, so that the site runs what the repository holds.
const conditions = ["@shortfall/source"];

export default defineConfig({
  title: "shortfall",
  description: "Exact accounting for bad debt in pooled lending: who lost what, to the last base unit.",
  lang: "en",
  srcExclude: ["test/**", "playground/**", "drop/**", "public/**"],
  cleanUrls: false,
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (markdown) => repositoryLinks(markdown, repository),
  },
  themeConfig: {
    nav: [
      { text: "Guide", link: existsSync(`${DOCS}/start.md`) ? "/start" : "/concepts" },
      { text: "Policies", link: "/policies/" },
      { text: "Playground", link: "/playground" },
      { text: "Drop a log", link: "/drop" },
    ],
    sidebar: sidebars(DOCS),
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        // Of the reference only the names are found: its text would make the index ten times as large.
        _render: (source, env, markdown) =>
          markdown.render(
            env.relativePath.startsWith("api/") ? (source.match(/^#{1,3} .+$/gm) ?? []).join("\n\n") : source,
            env,
          ),
      },
    },
    docFooter: { prev: "Before", next: "Next" },
    ...(repository ? { socialLinks: [{ icon: "github" as const, link: repository }] } : {}),
  },
  vite: {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions }, noExternal: [/^@shortfall\//] },
    build: {
      target: "es2022",
      chunkSizeWarningLimit: 2000,
      rollupOptions: {
        onwarn(warning, warn) {
          // Comments of dependencies that only another bundler reads.
          if (warning.code !== "INVALID_ANNOTATION") warn(warning);
        },
      },
    },
    esbuild: { target: "es2022", tsconfigRaw: {} },
    optimizeDeps: { esbuildOptions: { target: "es2022", conditions } },
  },
});
