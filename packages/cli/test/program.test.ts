import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder } from "./shell.js";

const folder = temporaryFolder("program");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the command", () => {
  it("explains itself on standard output, with examples", async () => {
    const help = await shell(["--help"]);
    expect(help.code).toBe(0);
    for (const name of ["reconcile", "conform", "verify", "export", "policies"]) {
      expect(help.out).toContain(name);
      if (name === "policies") continue;
      const own = await shell([name, "--help"]);
      expect(own.code).toBe(0);
      expect(own.out).toContain(`shortfall ${name} `);
      expect(own.out).toContain("Exit code:");
    }
    expect((await shell(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([[["bogus"]], [["reconcile"]], [["verify"]], [["conform", "x", "--wat"]], [["policies", "shw"]]])(
    "exits 2 for %j and says what is wrong",
    async (args) => {
      const { code, out, err } = await shell(args);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err).toMatch(/^error: /);
    },
  );

  it.each([
    [["recncile"], "(Did you mean reconcile?)\nSee `shortfall --help`."],
    [["conform", "x", "--moed", "y"], "(Did you mean --mode?)\nSee `shortfall conform --help`."],
    [["policies", "shw"], "(Did you mean show?)\nSee `shortfall policies --help`."],
    [["whatif", "x"], "See `shortfall whatif --help`."],
    [["conform", "x", "--mode", "y"], "Allowed choices are observe, execute, both."],
    [["policies", "show", "cash-fnd"], "See `shortfall policies list`"],
    [["policies", "check", "cash-fnd"], "See `shortfall policies list`"],
    [
      ["reconcile", "--rpc", "1", "--header", "h"],
      "a chain id stands for a node that the configuration names",
    ],
  ])("says after %j what to do next", async (args, next) => {
    const { code, err } = await shell(args);
    expect(code).toBe(2);
    expect(err).toContain(next);
  });
});

describe("policies", () => {
  it("lists the catalogue", async () => {
    const { code, document } = await json(["policies", "list"]);
    expect(code).toBe(0);
    expect(document.policies).toContainEqual({ id: "cash-fund", version: "1", title: "Cash fund" });
  });

  it("shows a waterfall in plain words, and a policy's parameters", async () => {
    const path = join(folder, "waterfall.json");
    const definition = {
      format: "shortfall-waterfall/1",
      id: "two",
      version: "3",
      layers: [
        { id: "fund", policy: "cash-fund", parameters: { fund: "insurance" } },
        { id: "holders", policy: "pro-rata", parameters: { class: "senior" } },
      ],
    };
    writeFileSync(path, JSON.stringify(definition, null, 1));
    expect((await shell(["policies", "show", path])).out).toContain(
      '1. fund: Fund "insurance" pays in cash.',
    );
    expect((await json(["policies", "show", path])).document).toMatchObject({
      id: "two",
      layers: [{ id: "fund" }, { id: "holders" }],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await json(["policies", "show", "cash-fund"])).document).toMatchObject({
      parameters: { properties: { fund: { type: "string" } } },
    });
    expect((await json(["policies", "check", path])).document).toMatchObject({ ok: true });
    writeFileSync(path, JSON.stringify({ ...definition, layers: [{ id: "a", policy: "none" }] }));
    expect((await shell(["policies", "show", path])).code).toBe(2);
  });

  it("runs the conformance suite, and fails a policy that takes too much", async () => {
    const greedy = join(folder, "greedy.mjs");
    writeFileSync(
      greedy,
      `export default { name: "greedy", create: () => ({ policies: [{
        id: "greedy", version: "1", title: "Greedy",
        parameters: { parse: (input) => input },
        describe: () => "Takes more than there is.",
        bearer: () => ({ kind: "fund", id: "insurance" }),
        open: () => ({}),
        capacity: () => "unlimited",
        absorb: (view, request) => ({ taken: request.remaining + 1n, state: view.state, effects: [{ kind: "draw-fund", fund: "insurance", assets: request.remaining + 1n }], reason: "x" }),
      }] }) };`,
    );
    expect((await shell(["policies", "check", greedy])).code).toBe(1);
    const parameters = ["--parameters", '{"fund":"insurance"}'];
    expect((await shell(["policies", "check", "cash-fund", ...parameters])).code).toBe(0);
    expect((await shell(["policies", "check", "cash-fund"])).code).toBe(2);
    expect((await shell(["policies", "check", "cash-fund", "--parameters", "{"])).code).toBe(2);
    expect((await shell(["policies", "check", "no-such-thing"])).code).toBe(2);
  });
});
