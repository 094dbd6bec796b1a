import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { checkNode } from "../src/diagnosis.js";
import { json, shell, temporaryFolder } from "./shell.js";

const folder = temporaryFolder("first-steps");
afterAll(() => rmSync(folder, { recursive: true }));

describe("init", () => {
  it.each(["json", "mjs"])(
    "writes a %s configuration and a waterfall that hold, and says what comes next",
    async (format) => {
      const workingFolder = join(folder, format);
      const { code, out } = await shell(["init", workingFolder, "--format", format]);
      expect(code).toBe(0);
      expect(out).toContain("shortfall policies check main");
      expect((await json(["policies", "check", "main"], { workingFolder })).document).toMatchObject({
        ok: true,
      });
      expect((await json(["doctor"], { workingFolder })).document).toMatchObject({ ok: true });
    },
  );

  it("writes TypeScript that says what it is", async () => {
    await shell(["init", join(folder, "ts"), "--format", "ts"]);
    expect(readFileSync(join(folder, "ts", "shortfall.config.ts"), "utf8")).toContain("defineConfig({");
  });

  it("replaces nothing", async () => {
    const taken = join(folder, "taken");
    await shell(["init", taken]);
    writeFileSync(join(taken, "waterfall.json"), "mine");
    rmSync(join(taken, "shortfall.config.json"));
    const { code, err } = await shell(["init", taken]);
    expect(code).toBe(2);
    expect(err).toMatch(/waterfall\.json is there already, and nothing was written\. Name another folder/);
    expect(readFileSync(join(taken, "waterfall.json"), "utf8")).toBe("mine");
    expect(existsSync(join(taken, "shortfall.config.json"))).toBe(false);
  });
});

interface Checked {
  readonly ok: boolean;
  readonly checks: readonly { name: string; status: string; found: string; advice?: string }[];
}

async function doctor(configuration: unknown, ...args: string[]): Promise<Checked & { code: number }> {
  const path = join(folder, "shortfall.config.json");
  writeFileSync(path, typeof configuration === "string" ? configuration : JSON.stringify(configuration));
  const { code, document } = await json(["doctor", ...args], { workingFolder: folder });
  return { code, ...(document as unknown as Checked) };
}

describe("doctor", () => {
  it("says of everything that is missing or wrong what to do", async () => {
    const { code, ok, checks } = await doctor({
      waterfalls: { gone: "gone.json" },
      plugins: ["nobody-wrote-this"],
    });
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    const named = (name: string) => checks.find((each) => each.name === name);
    expect(named("Node")).toMatchObject({ status: "ok" });
    expect(named("waterfall gone")).toMatchObject({ status: "wrong" });
    expect(named("plugin nobody-wrote-this")).toMatchObject({ status: "wrong" });
    expect(named("pg")?.status).toMatch(/^(ok|missing)$/);
    for (const { status, advice } of checks) expect(advice === undefined).toBe(status === "ok");
  });

  it("finds a configuration wrong that is no JSON or has a setting too many", async () => {
    expect(await doctor("{")).toMatchObject({ code: 1 });
    const { checks } = await doctor({ bogus: true });
    expect(checks.find(({ name }) => name === "configuration")).toMatchObject({
      status: "wrong",
      found: expect.stringMatching(/bogus/),
    });
  });

  it("knows which Node is too old", () => {
    expect(checkNode("20.18.3")).toMatchObject({ status: "wrong", advice: "Install Node 20.19 or newer." });
    for (const version of ["20.19.0", "22.0.0", "24.21.0"]) expect(checkNode(version).status).toBe("ok");
  });

  describe("with --network", () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request
        .on("data", (data) => asked.push(String(data)))
        .on("end", () => {
          response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: "0xa" }));
        });
    });
    afterEach(() => void asked.splice(0));
    afterAll(() => void server.close());

    it("asks the nodes for their chain, and without it asks nobody", async () => {
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { checks } = await doctor({ rpc: { 10: url, 1: url, 5: "http://127.0.0.1:1" } }, "--network");
      const nodes = checks.filter(({ name }) => name.startsWith("node "));
      expect(nodes.map(({ name, status }) => `${name} ${status}`)).toEqual([
        "node 1 wrong",
        "node 5 wrong",
        "node 10 ok",
      ]);
      expect(nodes[0]!.found).toBe("answered 10");
      expect(asked).toHaveLength(2);
      await doctor({ rpc: { 10: url } });
      expect(asked).toHaveLength(2);
    });
  });
});
