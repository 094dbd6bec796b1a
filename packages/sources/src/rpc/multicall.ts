import type { Endpoint } from "./endpoint.js";
import { RpcEndpointError, RpcReplyError } from "./errors.js";

/** Multicall3, at the same address on nearly every chain. */
const MULTICALL = "0xca11bde05977b3631167028862be2a173976ca11";
const AGGREGATE =
  "function aggregate3((address target, bool allowFailure, bytes callData)[] calls) view returns ((bool success, bytes returnData)[] results)";

/** A call whose result is wanted. */
export interface ReadCall {
  readonly to: string;
  readonly data: string;
}

/**
 * Results of calls at one block: in one call where the chain has Multicall3, so that all of them are of one state and
 * cost one request; else one by one.
 *
 * @throws {RpcEndpointError} a call fails.
 */
export async function readCalls(
  endpoint: Endpoint,
  calls: readonly ReadCall[],
  block: number,
): Promise<readonly string[]> {
  const together = calls.length > 1 ? await aggregated(endpoint, calls, block) : undefined;
  return together ?? (await Promise.all(calls.map(({ to, data }) => endpoint.call(to, data, block))));
}

/** Undefined where there is no such contract (yet), or what is there is another one. */
async function aggregated(
  endpoint: Endpoint,
  calls: readonly ReadCall[],
  block: number,
): Promise<readonly string[] | undefined> {
  const { decodeFunctionResult, encodeFunctionData, parseAbi } = await import("viem");
  const abi = parseAbi([AGGREGATE]);
  const args = calls.map(({ to, data }) => ({
    target: to as `0x${string}`,
    allowFailure: true,
    callData: data as `0x${string}`,
  }));
  const answer = await answerOf(endpoint, encodeFunctionData({ abi, args: [args] }), block);
  if (answer === undefined || answer === "0x") return undefined;
  let results: readonly { readonly success: boolean; readonly returnData: string }[];
  try {
    results = decodeFunctionResult({ abi, data: answer as `0x${string}` });
  } catch {
    return undefined;
  }
  if (results.length !== calls.length) {
    throw new RpcReplyError("eth_call", "results of Multicall3", `${calls.length}`, `${results.length}`);
  }
  return results.map(({ success, returnData }, index) => {
    if (success) return returnData;
    const { to, data } = calls[index]!;
    const advice = "Check address and data of the checkpoint.";
    throw new RpcEndpointError("eth_call", 1, `${to} refuses ${data.slice(0, 10)} at block ${block}`, advice);
  });
}

async function answerOf(endpoint: Endpoint, data: string, block: number): Promise<string | undefined> {
  try {
    return await endpoint.call(MULTICALL, data, block);
  } catch (error) {
    // Refused at once: whatever is there is not Multicall3. What is no refusal of the contract shows in the calls.
    if (error instanceof RpcEndpointError && error.attempts === 1) return undefined;
    throw error;
  }
}
