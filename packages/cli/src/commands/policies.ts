import { existsSync } from "node:fs";
import {
  type AnyLossPolicy,
  describeWaterfall,
  openWaterfall,
  type PolicyRegistry,
  parseWaterfallDefinition,
  type Waterfall,
  waterfallDigest,
} from "@shortfall/core";
import { PluginError } from "@shortfall/sdk";
import { openJsonFile } from "@shortfall/sources";
import { type ConformanceCheck, type PolicyScenario, testPolicy } from "@shortfall/testing";
import type { Command } from "commander";
import * as z from "zod";
import { importPolicies } from "../policy-modules.js";
import { readScenario } from "../policy-scenario.js";
import type { Session } from "../session.js";
import { addTry } from "./try.js";

interface CheckOptions {
  readonly parameters?: string;
  readonly scenario?: string;
}

/** `policies list`, `policies show`, `policies check` and `policies try`. */
export function addPolicies(program: Command, session: Session): void {
  const policies = program
    .command("policies")
    .summary("the catalogue of loss policies")
    .description("The catalogue of loss policies, waterfalls in plain words, and the conformance suite.");
  policies
    .command("list")
    .description("List every policy of the catalogue, and of the configuration's plugins.")
    .action(async () => list(await session.policies(), session));
  policies
    .command("show")
    .description("Show a waterfall file in plain words, or a policy of the catalogue with its parameters.")
    .argument("<waterfall>", "waterfall file, or id of a policy")
    .addHelpText(
      "after",
      "\nExamples:\n  shortfall policies show waterfall.json\n  shortfall policies show cash-fund",
    )
    .action((subject: string) => show(subject, session));
  policies
    .command("check")
    .description(
      "Run the conformance suite on the policies of a plugin (file or package), on one of the catalogue,\n" +
        "or on every layer of a waterfall file.",
    )
    .argument("<subject>", "plugin file or package, id of a policy, or waterfall file")
    .option("--parameters <json>", "parameters to try the policies with")
    .option("--scenario <file>", "JSON file with parameters, losses, prepare, split and monotone")
    .addHelpText(
      "after",
      "\nThe suite tries the policy alone on a pool with funds insurance and stake and classes senior, junior and\n" +
        "indexed; name those in the parameters." +
        "\n\nExit code: 0 all checks hold · 1 a check fails · 2 no such policy, or parameters it refuses" +
        "\n\nExamples:" +
        `\n  shortfall policies check cash-fund --parameters '{"fund":"insurance"}'` +
        `\n  shortfall policies check ./my-plugin.js --parameters '{"fund":"insurance"}'` +
        "\n  shortfall policies check waterfall.json",
    )
    .action((subject: string, options: CheckOptions) => check(subject, options, session));
  addTry(policies, session);
}

function list(registry: PolicyRegistry, session: Session): void {
  const { output } = session;
  const policies = [...registry.values()].map(({ id, version, title }) => ({ id, version, title }));
  output.document({ policies });
  output.table(
    [["policy", "version", "title"], ...policies.map(({ id, version, title }) => [id, version, title])],
    ["left", "left", "left"],
  );
}

async function show(subject: string, session: Session): Promise<void> {
  const { output } = session;
  const registry = await session.policies();
  const policy = registry.get(subject);
  if (policy) {
    const parameters = parameterSchema(policy);
    output.document({ id: policy.id, version: policy.version, title: policy.title, parameters });
    output.line(`${policy.id} ${policy.version}: ${policy.title}`);
    if (parameters !== undefined) output.line(JSON.stringify(parameters, null, 2));
    return;
  }
  if (!isPath(subject)) {
    session.usage(
      `There is no policy and no waterfall "${subject}". See \`shortfall policies list\`; a waterfall file is given by its path.`,
    );
  }
  const waterfall = await readWaterfall(subject, registry);
  const { definition } = waterfall;
  output.document({
    id: definition.id,
    version: definition.version,
    title: definition.title,
    digest: waterfallDigest(definition),
    layers: waterfall.layers.map((layer) => ({
      id: layer.id,
      policy: layer.policy.id,
      version: layer.policy.version,
      words: layer.policy.describe(layer.parameters),
      cap: layer.cap,
    })),
    recovery: waterfall.recovery,
    words: describeWaterfall(waterfall),
  });
  output.line(describeWaterfall(waterfall));
  output.line(`Digest ${waterfallDigest(definition)}`);
}

/** Written as a path, or there. */
const isPath = (subject: string): boolean => /[./\\]/.test(subject) || existsSync(subject);

async function readWaterfall(path: string, registry: PolicyRegistry): Promise<Waterfall> {
  const file = await openJsonFile(path);
  if (file.kind === "lines") await file.close();
  const document = file.kind === "lines" ? file.first.value : file.value;
  return openWaterfall(parseWaterfallDefinition(document), registry);
}

/** JSON schema of the parameters, where the policy declares them with zod. */
function parameterSchema(policy: AnyLossPolicy): unknown {
  const { parameters } = policy;
  return parameters instanceof z.ZodType
    ? z.toJSONSchema(parameters, { unrepresentable: "any", io: "input" })
    : undefined;
}

/** A policy and the parameters to try it with. */
interface Trial {
  readonly subject: string;
  readonly policy: AnyLossPolicy;
  readonly scenario: PolicyScenario;
}

async function check(subject: string, options: CheckOptions, session: Session): Promise<void> {
  const { output } = session;
  const results: { subject: string; policy: string; checks: readonly ConformanceCheck[] }[] = [];
  for (const trial of await trialsOf(subject, options, session)) {
    // Opening refuses bad parameters by name, before any check would.
    openWaterfall(
      {
        format: "shortfall-waterfall/1",
        id: trial.subject,
        version: "1",
        layers: [{ id: trial.subject, policy: trial.policy.id, parameters: trial.scenario.parameters }],
      },
      new Map([[trial.policy.id, trial.policy]]),
    );
    results.push({
      subject: trial.subject,
      policy: trial.policy.id,
      checks: testPolicy(trial.policy, trial.scenario),
    });
  }
  const checks = results.flatMap((result) => result.checks);
  const failed = checks.filter((each) => !each.ok);
  output.document({ ok: failed.length === 0, results });
  for (const result of results) {
    output.line(output.colors.bold(`${result.subject} (${result.policy})`));
    for (const { name, ok, message } of result.checks) {
      output.line(ok ? `   ${name}` : `${output.colors.red("x")}  ${name}: ${message}`);
    }
  }
  output.line(
    failed.length === 0
      ? output.colors.bold(`All ${checks.length} checks hold.`)
      : output.colors.bold(`${failed.length} of ${checks.length} checks fail.`),
  );
  session.exitCode = failed.length === 0 ? 0 : 1;
}

async function trialsOf(subject: string, options: CheckOptions, session: Session): Promise<Trial[]> {
  const scenario =
    options.scenario === undefined
      ? { parameters: parseParameters(options.parameters ?? "{}", session) }
      : await readScenario(options.scenario);
  const registry = await session.policies();
  const known = registry.get(subject);
  if (known) return [{ subject, policy: known, scenario }];
  if (subject.endsWith(".json")) {
    const waterfall = await readWaterfall(subject, registry);
    return waterfall.layers.map((layer, index) => ({
      subject: layer.id,
      policy: layer.policy,
      scenario: { parameters: waterfall.definition.layers[index]?.parameters ?? {} },
    }));
  }
  const brought = await importPolicies(subject).catch((error: unknown) => {
    if (!(error instanceof PluginError) || isPath(subject)) throw error;
    return session.usage(
      `There is no policy and no installed plugin "${subject}". See \`shortfall policies list\`; a plugin file is given by its path.`,
    );
  });
  return brought.map((policy) => ({ subject: policy.id, policy, scenario }));
}

function parseParameters(text: string, session: Session): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return session.usage(`--parameters is not JSON: ${error.message}.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  return session.usage("--parameters must be a JSON object.");
}
