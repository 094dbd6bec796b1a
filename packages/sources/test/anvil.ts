import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { EMITTER, type Emission, emissions, RELAY } from "./emitter.js";

/** The binary of this platform; undefined where its package is not installed. */
export function anvilBinary(): string | undefined {
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const name = process.platform === "win32" ? "anvil.exe" : "anvil";
  try {
    // Only the main package sees the platform's.
    const main = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
    const binary = createRequire(main).resolve(`@foundry-rs/anvil-${platform}/bin/${name}`);
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const RELAY_ADDRESS = `0x${"5e1a".repeat(10)}`;

/** A real node on a port of this machine, with a chain of our own making. */
export class Anvil {
  #nonce = 0;
  readonly #known = new Set<string>();
  #sender = "";

  private constructor(
    readonly url: string,
    readonly process: ChildProcess,
  ) {}

  /** Its first block has this number and time. */
  static async start(binary: string, genesis: { number: number; timestamp: number }): Promise<Anvil> {
    const args =
      `--host 127.0.0.1 --port 0 --accounts 1 --auto-impersonate --no-mining --order fifo --base-fee 0 --gas-price 0 --gas-limit 1000000000000 --no-request-size-limit --slots-in-an-epoch 1 --timestamp ${genesis.timestamp} --number ${genesis.number}`.split(
        " ",
      );
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
    const orphaned = (): void => {
      child.kill("SIGKILL");
    };
    process.once("exit", orphaned);
    child.once("exit", () => process.off("exit", orphaned));
    const url = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`anvil ended with ${code}: ${text}`)));
      // Read on for as long as it lives: a full pipe would block it.
      child.stdout.on("data", (chunk: Buffer) => {
        if (text.length < 10_000) text += chunk.toString();
        const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
      });
    });
    const node = new Anvil(url, child);
    [node.#sender] = (await node.call("eth_accounts", [])) as [string];
    await node.call("anvil_setCode", [RELAY_ADDRESS, RELAY]);
    return node;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }

  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const reply = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (reply.error) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  }

  /** Mines a block of transactions, each of which emits these logs at their own addresses. */
  async mine(transactions: readonly (readonly Emission[])[], timestamp: number): Promise<void> {
    for (const logs of transactions) {
      for (const { address } of logs) {
        if (this.#known.has(address)) continue;
        this.#known.add(address);
        await this.call("anvil_setCode", [address, EMITTER]);
      }
      await this.send(RELAY_ADDRESS, emissions(logs));
    }
    await this.call("evm_mine", [{ timestamp }]);
    const { transactions: mined } = (await this.call("eth_getBlockByNumber", ["latest", false])) as {
      transactions: unknown[];
    };
    if (mined.length < transactions.length) throw new Error("a transaction was not mined");
  }

  /** A transaction for the next block. */
  async send(to: string, data: string): Promise<void> {
    await this.call("eth_sendTransaction", [
      {
        from: this.#sender,
        to,
        data,
        nonce: `0x${(this.#nonce++).toString(16)}`,
        gas: "0x3b9aca00",
        gasPrice: "0x0",
      },
    ]);
  }

  /** Takes back to a snapshot, or makes one. */
  async snapshot(): Promise<() => Promise<void>> {
    const nonce = this.#nonce;
    const known = new Set(this.#known);
    const id = await this.call("evm_snapshot", []);
    return async () => {
      await this.call("evm_revert", [id]);
      this.#nonce = nonce;
      for (const address of this.#known) if (!known.has(address)) this.#known.delete(address);
    };
  }
}
