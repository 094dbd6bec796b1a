// The packages that are published, and what each of them lets in.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

/**
 * Public packages in the order of their names: `name`, `folder`, `manifest`, and `entries`, each with the
 * `specifier` that users import, for which `condition` (`import`, or `browser` where a browser gets another one), and
 * the path of its built `types`.
 */
export const publicPackages = () =>
  readdirSync(join(ROOT, "packages"))
    .sort()
    .map((directory) => {
      const folder = join(ROOT, "packages", directory);
      return { folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) };
    })
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      name: manifest.name,
      folder,
      manifest,
      entries: Object.entries(manifest.exports)
        .filter(([, target]) => typeof target === "object")
        .flatMap(([subpath, target]) =>
          ["import", "browser"]
            .filter((condition) => condition in target)
            .map((condition) => ({
              specifier: join(manifest.name, subpath),
              condition,
              types: join(folder, target[condition].types),
            })),
        ),
    }));
