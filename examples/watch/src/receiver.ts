import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readEventLine, type WatchEvent } from "@shortfall/sdk";

export interface Receiver {
  readonly url: string;
  /** What came in, each event once. */
  readonly events: readonly WatchEvent[];
  readonly requests: number;
  close(): Promise<void>;
}

/** The other end of the webhook. Every fourth request it acts and then fails to say so, as the best servers do. */
export async function startReceiver(): Promise<Receiver> {
  const seen = new Set<string>();
  const events: WatchEvent[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"]);
      if (!seen.has(key)) {
        seen.add(key);
        events.push(readEventLine(body));
      }
      response.writeHead(++requests % 4 === 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    events,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
