import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** An entry of the side bar, as VitePress wants it. */
export interface SidebarItem {
  text: string;
  link?: string;
  items?: SidebarItem[];
}

interface Group {
  readonly title: string;
  /** Pages by their path without `.md`; what is not there is left out. */
  readonly pages?: readonly string[];
  /** A folder whose pages follow, by title; its `index.md` first. */
  readonly folder?: string;
  /** Only the index stands there, but on the pages of the folder itself. */
  readonly long?: boolean;
}

/** Order of what is known. Pages of the top folder that nobody names come under More. */
const GROUPS: readonly Group[] = [
  { title: "Start here", pages: ["start", "concepts", "playground", "drop"] },
  { title: "Guides", folder: "guides" },
  { title: "The command", pages: ["cli", "report-folder", "report", "formats/logs", "sources", "watch"] },
  { title: "The ledger", pages: ["ledger", "stores", "what-if", "risk", "claims", "scale", "performance"] },
  { title: "Policies", folder: "policies", long: true },
  { title: "Adapters", folder: "adapters", pages: ["conformance"] },
  { title: "Real cases", folder: "cases" },
  { title: "Findings", folder: "findings", long: true },
  { title: "Errors", folder: "errors", long: true },
  { title: "Architecture", pages: ["architecture"], folder: "decisions" },
  { title: "API reference", folder: "api", long: true },
];

/** Folders of the site that hold no pages. */
const NOT_PAGES = new Set(["node_modules", ".vitepress", "playground", "drop", "test", "public", "api"]);

/** The side bars of the site by folder, from the files that are there: each lists its own folder in full. */
export function sidebars(root: string): Record<string, SidebarItem[]> {
  const groups = groupsOf(root);
  const bar = (open: string): SidebarItem[] =>
    groups.map((group) => itemOf(root, group, open)).filter(({ items = [] }) => items.length > 0);
  const long = groups.flatMap(({ folder, long: isLong }) => (folder !== undefined && isLong ? [folder] : []));
  return { ...Object.fromEntries(long.map((folder) => [`/${folder}/`, bar(folder)])), "/": bar("") };
}

function groupsOf(root: string): Group[] {
  const named = new Set(GROUPS.flatMap(({ pages = [] }) => pages));
  const rest = markdownIn(root, "").filter((page) => page !== "index" && !named.has(page));
  const folders = GROUPS.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
  const strangers = readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .filter((name) => !NOT_PAGES.has(name) && !folders.includes(name) && !name.startsWith("."))
    .filter((name) => markdownIn(root, name).some((page) => !named.has(page)))
    .map((name): Group => ({ title: capital(name), folder: name }));
  return [...GROUPS.slice(0, -1), ...strangers, { title: "More", pages: rest }, ...GROUPS.slice(-1)];
}

function itemOf(root: string, { title, pages = [], folder, long }: Group, open: string): SidebarItem {
  const named = pages.filter((page) => exists(join(root, `${page}.md`)));
  const found = folder === undefined ? [] : markdownIn(root, folder).filter((page) => !named.includes(page));
  const index = found.filter((page) => page === `${folder}/index`);
  const others = found
    .filter((page) => !index.includes(page) && (!long || folder === open || index.length === 0))
    .map((page) => link(root, page))
    .sort((a, b) => a.text.localeCompare(b.text, "en"));
  const items = [
    ...index.map((page) => link(root, page)),
    ...named.map((page) => link(root, page)),
    ...others,
  ];
  return { text: title, items };
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

/** Pages of a folder; of the top folder only its own. */
function markdownIn(root: string, folder: string): string[] {
  const at = join(root, folder);
  if (!exists(at)) return [];
  return readdirSync(at, { recursive: folder !== "" })
    .map((name) => String(name).replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => (folder === "" ? name : `${folder}/${name}`).slice(0, -3))
    .sort();
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
