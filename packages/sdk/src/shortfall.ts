import {
  type AnyLossPolicy,
  createLedger,
  type Ledger,
  type PolicyRegistry,
  type PoolDefinition,
  type Position,
  type ProtocolAdapter,
  parseWaterfallDefinition,
} from "@shortfall/core";
import { catalogue } from "@shortfall/policies";
import { type Configuration, type ConfigurationInput, parseConfiguration } from "./configuration.js";
import { createContainer, type DependencyContainer, resolveEach, TOKENS } from "./container.js";
import { DuplicateIdError } from "./errors.js";
import { importPlugin, type ShortfallPlugin } from "./plugin.js";

export interface ShortfallOptions {
  readonly configuration?: ConfigurationInput;
  /** Plugins at hand, beside those the configuration names by package. */
  readonly plugins?: readonly ShortfallPlugin[];
  /** Services that plugins may resolve: registered in the host's container before any plugin is created. */
  readonly services?: (container: DependencyContainer) => void;
  /** Leave the catalogue out; only plugins' policies exist then. */
  readonly withoutCatalogue?: boolean;
}

/** A composed SDK: policies, adapters and configuration in a container of its own. */
export interface Shortfall {
  readonly container: DependencyContainer;
  readonly configuration: Configuration;
  /** Catalogue and plugins, by id. */
  readonly policies: PolicyRegistry;
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>;
  /**
   * A ledger with the configured pools and those given here, in a child container of its own under
   * {@link TOKENS.ledger}.
   *
   * @throws {PoolDefinitionError} @throws {WaterfallDefinitionError} @throws {DuplicateIdError} name in use.
   */
  openLedger(
    name: string,
    options?: { readonly pools?: readonly PoolDefinition[]; readonly at?: Position },
  ): Ledger;
  /** The container of a ledger opened here. */
  ledgerContainer(name: string): DependencyContainer | undefined;
}

/**
 * Composes the SDK from parts at hand. Everything is resolved here, once: the ledger's hot path holds plain
 * references and never meets the container.
 *
 * @throws {ConfigurationError} @throws {DuplicateIdError}
 */
export function composeShortfall(options: ShortfallOptions = {}): Shortfall {
  const configuration = parseConfiguration(options.configuration ?? {});
  const container = createContainer();
  container.register(TOKENS.configuration, { useValue: configuration });
  options.services?.(container);
  const pluginOptions = new Map(configuration.plugins.map((plugin) => [plugin.from, plugin.options]));
  const parts = (options.plugins ?? []).map((plugin) =>
    plugin.create({ container, options: pluginOptions.get(plugin.name) ?? {} }),
  );
  const ownPolicies = options.withoutCatalogue === true ? [] : catalogue;
  for (const policy of [...ownPolicies, ...parts.flatMap((each) => each.policies ?? [])]) {
    container.register(TOKENS.policy, { useValue: policy });
  }
  for (const adapter of parts.flatMap((each) => each.adapters ?? [])) {
    container.register(TOKENS.adapter, { useValue: adapter });
  }
  const policies = byId(
    "policy",
    resolveEach<AnyLossPolicy>(container, TOKENS.policy).map((policy) => [policy.id, policy]),
  );
  const adapters = byId(
    "adapter",
    resolveEach<ProtocolAdapter>(container, TOKENS.adapter).map((adapter) => [adapter.protocol, adapter]),
  );
  container.register(TOKENS.registry, { useValue: policies });
  const pools = configuration.pools.map(toPoolDefinition);
  const ledgers = new Map<string, DependencyContainer>();

  return {
    container,
    configuration,
    policies,
    adapters,
    openLedger(name, { pools: more = [], at } = {}) {
      if (ledgers.has(name)) throw new DuplicateIdError("ledger", name);
      const ledger = createLedger({
        policies,
        pools: [...pools, ...more],
        ...(at === undefined ? {} : { at }),
      });
      const child = container.createChildContainer();
      child.register(TOKENS.ledger, { useValue: ledger });
      ledgers.set(name, child);
      return ledger;
    },
    ledgerContainer: (name) => ledgers.get(name),
  };
}

/**
 * Composes the SDK, importing the plugin packages that the configuration names.
 *
 * @throws {ConfigurationError} @throws {PluginError} @throws {DuplicateIdError}
 */
export async function createShortfall(options: ShortfallOptions = {}): Promise<Shortfall> {
  const { plugins } = parseConfiguration(options.configuration ?? {});
  const imported = await Promise.all(
    plugins.map(async ({ from }) => ({ ...(await importPlugin(from)), name: from })),
  );
  return composeShortfall({ ...options, plugins: [...(options.plugins ?? []), ...imported] });
}

function byId<T>(
  kind: "policy" | "adapter",
  entries: readonly (readonly [string, T])[],
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [id, value] of entries) {
    if (map.has(id)) throw new DuplicateIdError(kind, id);
    map.set(id, value);
  }
  return map;
}

/** Drops the absent members that a checked configuration carries, and reads the waterfall. */
function toPoolDefinition({ waterfall, ...pool }: Configuration["pools"][number]): PoolDefinition {
  return { ...defined(pool), waterfall: parseWaterfallDefinition(waterfall) };
}

type Defined<T> = T extends readonly (infer Item)[]
  ? readonly Defined<Item>[]
  : T extends object
    ? { [Key in keyof T]: Exclude<Defined<T[Key]>, undefined> }
    : T;

function defined<T>(value: T): Defined<T>;
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => defined(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, defined(member)]])),
  );
}
