import { canonicalJson, digestValue } from "@shortfall/core";

/** Name of the file that lists all others. */
export const MANIFEST_NAME = "manifest.json";
const MANIFEST_FORMAT = "shortfall-manifest/1";

/** A file as the manifest knows it. */
export interface ManifestEntry {
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Text of a manifest: files in order of name, and a digest over that list. */
export function manifestText(entries: readonly ManifestEntry[]): string {
  const files = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = files.map((file) => canonicalJson(file)).join(",\n");
  return `{"digest":"${digestValue(files)}","files":[\n${lines}\n],"format":"${MANIFEST_FORMAT}"}\n`;
}

/** The files a manifest lists, or undefined if it is not exactly what `manifestText` writes. */
export function parseManifest(text: string): ManifestEntry[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== "object" || value === null || !("files" in value) || !Array.isArray(value.files)) {
    return undefined;
  }
  const files: unknown[] = value.files;
  const entries = files.filter(isEntry).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  return entries.length === files.length && manifestText(entries) === text ? entries : undefined;
}

function isEntry(value: unknown): value is ManifestEntry {
  if (typeof value !== "object" || value === null) return false;
  const { name, bytes, sha256 } = value as Partial<Record<string, unknown>>;
  return typeof name === "string" && Number.isSafeInteger(bytes) && typeof sha256 === "string";
}
