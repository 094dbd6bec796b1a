import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { isShortfallError, openWaterfall, parseWaterfallDefinition } from "@shortfall/core";
import { openJsonFile, SourceError } from "@shortfall/sources";
import {
  type ConfigurationFile,
  findConfiguration,
  readConfiguration,
} from "./configuration/configuration-file.js";
import { policyRegistry } from "./policy-modules.js";

/** One thing that was looked at. `missing` is no fault: something optional is not there. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "missing" | "wrong";
  readonly found: string;
  /** What to do; absent where all is well. */
  readonly advice?: string;
}

/** Packages that stay out unless somebody needs them. */
const PACKAGES = [
  { name: "pg", needs: "a journal, a job queue or decoded events in PostgreSQL" },
  { name: "graphile-worker", needs: "`shortfall jobs` and `shortfall worker`" },
  { name: "@electric-sql/pglite", needs: "a journal in a PostgreSQL inside the process" },
];

/** Programs that check or show what was exported. */
const PROGRAMS = [
  { name: "hledger", commands: ["hledger"], needs: "checking `export --format hledger`" },
  { name: "ledger", commands: ["ledger"], needs: "checking `export --format ledger`" },
  { name: "bean-check", commands: ["bean-check"], needs: "checking `export --format beancount`" },
  {
    name: "chromium",
    commands: ["chromium", "chromium-browser", "google-chrome"],
    needs: "printing report.html without opening it yourself",
  },
];

/** The running Node against the oldest that is supported. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return ok
    ? { name: "Node", status: "ok", found: version }
    : { name: "Node", status: "wrong", found: version, advice: "Install Node 20.19 or newer." };
}

/** Whether optional packages can be found from a folder. */
export const checkPackages = (folder: string): Check[] =>
  PACKAGES.map(({ name, needs }) => {
    const require = createRequire(join(folder, "package.json"));
    try {
      require.resolve(name);
      return { name, status: "ok", found: "installed" };
    } catch {
      return {
        name,
        status: "missing",
        found: "not installed",
        advice: `Only for ${needs}: npm install ${name}`,
      };
    }
  });

/** Whether optional programs start. */
export const checkPrograms = (): Check[] =>
  PROGRAMS.map(({ name, commands, needs }) => {
    for (const command of commands) {
      const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8", timeout: 10_000 });
      if (status === 0) return { name, status: "ok", found: stdout.trim().split("\n")[0] ?? "" };
    }
    return {
      name,
      status: "missing",
      found: "not found",
      advice: `Only for ${needs}: install it and have it on PATH.`,
    };
  });

/** The configuration file and everything that it names; the file too, where it can be read. */
export async function checkConfiguration(
  from: string,
  named: string | undefined,
): Promise<{ readonly checks: readonly Check[]; readonly file?: ConfigurationFile }> {
  const path = named ?? findConfiguration(from);
  if (path === undefined) {
    const advice = "Only for defaults of your own: shortfall init";
    return { checks: [{ name: "configuration", status: "missing", found: "none here or above", advice }] };
  }
  let file: ConfigurationFile;
  try {
    file = await readConfiguration(path);
  } catch (error) {
    return { checks: [wrong("configuration", path, error)] };
  }
  return {
    checks: [{ name: "configuration", status: "ok", found: path }, ...(await checkNamed(file))],
    file,
  };
}

/** Plugins and waterfalls of a configuration: that they can be read and understood. */
async function checkNamed(file: ConfigurationFile): Promise<Check[]> {
  const { plugins, waterfalls } = file.configuration;
  const checks: Check[] = [];
  const attempt = async (name: string, found: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      checks.push({ name, status: "ok", found });
    } catch (error) {
      checks.push(wrong(name, found, error));
    }
  };
  for (const plugin of plugins)
    await attempt(`plugin ${plugin}`, "brings policies", () => policyRegistry([plugin], file.folder));
  const policies = await policyRegistry(plugins, file.folder).catch(() => undefined);
  for (const [name, path] of Object.entries(waterfalls)) {
    await attempt(`waterfall ${name}`, path, async () => {
      const opened = await openJsonFile(resolve(file.folder, path));
      if (opened.kind === "lines") await opened.close();
      const document = opened.kind === "lines" ? opened.first.value : opened.value;
      // Other formats name funds and classes of a history as well, and are checked against it.
      if (policies && document.format === "shortfall-waterfall/1")
        openWaterfall(parseWaterfallDefinition(document), policies);
    });
  }
  return checks;
}

/** Whether the nodes of a configuration answer, and for the chain that they are named for. */
export const checkNodes = (file: ConfigurationFile): Promise<Check[]> =>
  Promise.all(
    Object.entries(file.configuration.rpc).map(async ([chain, url]): Promise<Check> => {
      const name = `node ${chain}`;
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
          signal: AbortSignal.timeout(10_000),
        });
        const { result } = (await response.json()) as { readonly result?: unknown };
        const answered = typeof result === "string" ? BigInt(result).toString() : `HTTP ${response.status}`;
        if (answered === chain) return { name, status: "ok", found: `answers for chain ${chain}` };
        const advice = `Put the URL of a node of chain ${chain} under rpc.${chain}.`;
        return { name, status: "wrong", found: `answered ${answered}`, advice };
      } catch (error) {
        const found = error instanceof Error ? error.message : String(error);
        return { name, status: "wrong", found, advice: "Check the URL, and that this machine may reach it." };
      }
    }),
  );

/** What a check found instead, with the advice of the error where it has one. */
function wrong(name: string, found: string, error: unknown): Check {
  if (error instanceof SourceError) {
    const { field, expected, received, advice = "Mend the file." } = error;
    return {
      name,
      status: "wrong",
      found: `${error.file}, ${field}: expected ${expected}, got ${received}`,
      advice,
    };
  }
  if (!isShortfallError(error) && !(error instanceof Error && "syscall" in error)) throw error;
  return {
    name,
    status: "wrong",
    found: `${found}: ${error.message}`,
    advice: "Mend or remove the setting.",
  };
}
