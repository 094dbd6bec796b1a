import * as aave from "@shortfall/adapter-aave";
import * as compound from "@shortfall/adapter-compound";
import * as euler from "@shortfall/adapter-euler";
import * as morpho from "@shortfall/adapter-morpho";
import { AdapterRegistry, adaptersOf } from "@shortfall/audit";

export { AdapterRegistry, adaptersOf } from "@shortfall/audit";

/** Every adapter that the packages of this command export. */
export function builtInAdapters(): AdapterRegistry {
  return new AdapterRegistry([aave, compound, euler, morpho].flatMap(adaptersOf));
}
