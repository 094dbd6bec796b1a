// Installs what is missing: the right pnpm if there is none, then the packages of the lockfile.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PNPM = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).packageManager.split("@")[1];
const TOOLS = join(ROOT, ".tools");
const STAMP = join(ROOT, "node_modules", ".shortfall-installed");

/** Runs a command in the repository and stops the process if it fails. Returns its output if captured. */
export function run(command, args, { capture = false, cwd = ROOT, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", ...env },
    stdio: capture ? ["ignore", "pipe", "inherit"] : "inherit",
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    if (capture) process.stderr.write(result.stdout);
    fail(`${command} ${args.join(" ")} ended with ${result.status ?? result.signal}`, result.status);
  }
  return result.stdout ?? "";
}

function fail(message, status = 1) {
  process.stderr.write(`\n${message}\n`);
  process.exit(status || 1);
}

/** Makes the workspace ready; costs nothing when it already is. */
export function setUp() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: shortfall needs 20.19 or newer.`);
  }
  process.env.PATH = [
    join(TOOLS, "node_modules", ".bin"),
    join(ROOT, "node_modules", ".bin"),
    process.env.PATH,
  ].join(delimiter);
  const stamp = lockfileStamp();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp && hasPnpm()) return;
  if (!hasPnpm()) {
    process.stderr.write(`Installing pnpm ${PNPM} into .tools …\n`);
    run("npm", [
      "install",
      "--prefix",
      TOOLS,
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      `pnpm@${PNPM}`,
    ]);
  }
  process.stderr.write("Installing packages …\n");
  run("pnpm", ["install", "--frozen-lockfile", "--reporter=silent"]);
  writeFileSync(STAMP, stamp);
}

function hasPnpm() {
  const found = spawnSync("pnpm", ["--version"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return found.status === 0 && found.stdout.trim().split(".")[0] === PNPM.split(".")[0];
}

/** Changes whenever an install could change. */
function lockfileStamp() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"])
    hash.update(readFileSync(join(ROOT, file)));
  for (const folder of ["packages", "examples"]) {
    for (const name of readdirSync(join(ROOT, folder)).sort()) {
      const manifest = join(ROOT, folder, name, "package.json");
      if (existsSync(manifest)) hash.update(manifest).update(readFileSync(manifest));
    }
  }
  return hash.digest("hex");
}
