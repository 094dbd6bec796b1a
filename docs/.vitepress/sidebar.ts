import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** An entry of the side bar, as VitePress wants it. */
export interface SidebarItem {
  text: string;
  link?: string;
  collapsed?: boolean;
  items?: SidebarItem[];
}

interface Group {
  readonly title: string;
  /** Pages by their path without `.md`; what is not there is left out. */
  readonly pages?: readonly string[];
  /** A folder whose pages follow, by title; its `index.md` first. */
  readonly folder?: string;
  readonly collapsed?: boolean;
}

/** Order of what is known. Pages of the top folder that nobody names come under the last group that takes the rest. */
const GROUPS: readonly Group[] = [
  { title: "Start here", pages: ["start", "concepts", "playground", "drop"] },
  { title: "Guides", folder: "guides" },
  { title: "The command", pages: ["cli", "report-folder", "report", "formats/logs", "sources", "watch"] },
  { title: "The ledger", pages: ["ledger", "stores", "what-if", "risk", "claims", "scale", "performance"] },
  { title: "Policies", folder: "policies", collapsed: true },
  { title: "Adapters", folder: "adapters", pages: ["conformance"] },
  { title: "Real cases", folder: "cases" },
  { title: "Findings", folder: "findings", collapsed: true },
  { title: "Errors", folder: "errors", collapsed: true },
  { title: "Architecture", pages: ["architecture"], folder: "decisions" },
  { title: "API reference", folder: "api", collapsed: true },
];

/** Folders of the site that hold no pages. */
const NOT_PAGES = new Set(["node_modules", ".vitepress", "playground", "drop", "test", "public", "api"]);

/** The side bar of the site, from the files that are there. */
export function sidebar(root: string): SidebarItem[] {
  const named = new Set(GROUPS.flatMap(({ pages = [] }) => pages));
  const rest = markdownIn(root, "").filter((page) => page !== "index" && !named.has(page));
  const folders = GROUPS.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
  const strangers = readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .filter((name) => !NOT_PAGES.has(name) && !folders.includes(name) && !name.startsWith("."))
    .filter((name) => markdownIn(root, name).some((page) => !named.has(page)))
    .map((name): Group => ({ title: capital(name), folder: name, collapsed: true }));
  const known = GROUPS.map((group) =>
    group.title === "The ledger" ? { ...group, pages: [...(group.pages ?? []), ...rest] } : group,
  );
  return [...known.slice(0, -1), ...strangers, ...known.slice(-1)]
    .map((group) => itemOf(root, group))
    .filter(({ items = [] }) => items.length > 0);
}

function itemOf(root: string, { title, pages = [], folder, collapsed }: Group): SidebarItem {
  const named = pages.filter((page) => exists(join(root, `${page}.md`)));
  const found = folder === undefined ? [] : markdownIn(root, folder).filter((page) => !named.includes(page));
  const index = found.filter((page) => page.endsWith("/index"));
  const others = found
    .filter((page) => !page.endsWith("/index"))
    .map((page) => link(root, page))
    .sort((a, b) => a.text.localeCompare(b.text, "en"));
  const items = [
    ...index.map((page) => link(root, page)),
    ...named.map((page) => link(root, page)),
    ...others,
  ];
  return { text: title, items, ...(collapsed === undefined ? {} : { collapsed }) };
}

const link = (root: string, page: string): SidebarItem => ({
  text: titleOf(join(root, `${page}.md`)),
  link: `/${page.replace(/(^|\/)index$/, "$1")}`,
});

/** The first heading of a page, without markup. */
export function titleOf(path: string): string {
  const heading = /^# (.+)$/m.exec(readFileSync(path, "utf8"))?.[1];
  if (heading === undefined) throw new Error(`${path} has no heading of the first level.`);
  return heading.replace(/[`*\\]/g, "");
}

function markdownIn(root: string, folder: string): string[] {
  const at = join(root, folder);
  if (!exists(at)) return [];
  return readdirSync(at)
    .filter((name) => name.endsWith(".md"))
    .map((name) => (folder === "" ? name : `${folder}/${name}`).slice(0, -3))
    .sort();
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
