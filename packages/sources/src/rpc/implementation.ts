import type { Transport } from "viem";
import { DEFAULT_PATIENCE, Endpoint, type RpcPatience } from "./endpoint.js";
import { RpcEndpointError } from "./errors.js";

/** Where proxies keep the address of their code, or of the beacon that knows it (EIP-1967). */
const IMPLEMENTATION_SLOT = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
const BEACON_SLOT = "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50";
/** `implementation()`, which beacons have, and proxies of cTokens. */
const IMPLEMENTATION = "0x5c60da1b";

/** The code behind a proxy from a block on. */
export interface ImplementationChange {
  readonly address: string;
  readonly implementation: string;
  /** The first block with it, or the first block asked for. */
  readonly sinceBlock: number;
}

export interface ImplementationOptions {
  readonly transport: Transport;
  /** Contracts that may be proxies. */
  readonly proxies: readonly string[];
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly patience?: Partial<RpcPatience>;
}

/**
 * The register of implementations: which code each proxy ran over a range of blocks, found by halving. Code that was
 * replaced and put back between two looks is not seen. Contracts that are no proxies are left out. Needs the states of
 * the blocks, as an archive node has them.
 *
 * @throws {RpcEndpointError} the node does not have a state.
 */
export async function readImplementations(
  options: ImplementationOptions,
): Promise<readonly ImplementationChange[]> {
  const { transport, proxies, fromBlock, toBlock } = options;
  const endpoint = new Endpoint(transport, { ...DEFAULT_PATIENCE, ...options.patience });
  const changes = await Promise.all(
    proxies.map((proxy) => changesOf(endpoint, proxy.toLowerCase(), fromBlock, toBlock)),
  );
  return changes.flat();
}

async function changesOf(
  endpoint: Endpoint,
  address: string,
  fromBlock: number,
  toBlock: number,
): Promise<ImplementationChange[]> {
  const changes: ImplementationChange[] = [];
  const add = (implementation: string | undefined, sinceBlock: number): void => {
    if (implementation !== undefined) changes.push({ address, implementation, sinceBlock });
  };
  const last = await implementationAt(endpoint, address, toBlock);
  let block = fromBlock;
  let now = await implementationAt(endpoint, address, fromBlock);
  add(now, fromBlock);
  while (now !== last) {
    let before = block;
    let after = toBlock;
    while (after - before > 1) {
      const middle = before + Math.floor((after - before) / 2);
      if ((await implementationAt(endpoint, address, middle)) === now) before = middle;
      else after = middle;
    }
    block = after;
    now = await implementationAt(endpoint, address, after);
    add(now, after);
  }
  return changes;
}

/** Address of the code behind a proxy at a block; undefined where the contract is none, or not there yet. */
async function implementationAt(
  endpoint: Endpoint,
  address: string,
  block: number,
): Promise<string | undefined> {
  const own = addressOf(await endpoint.storage(address, IMPLEMENTATION_SLOT, block));
  if (own !== undefined) return own;
  const beacon = addressOf(await endpoint.storage(address, BEACON_SLOT, block));
  try {
    return addressOf(await endpoint.call(beacon ?? address, IMPLEMENTATION, block));
  } catch (error) {
    // A contract without that function refuses the call, and is no proxy.
    if (beacon === undefined && error instanceof RpcEndpointError && error.attempts === 1) return undefined;
    throw error;
  }
}

/** The address in a word; undefined for none. */
function addressOf(word: string): string | undefined {
  if (!/^0x0{24}[0-9a-f]{40}$/.test(word) || /^0x0*$/.test(word)) return undefined;
  return `0x${word.slice(26)}`;
}
