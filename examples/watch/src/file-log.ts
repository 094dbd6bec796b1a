import { open, readFile, rename, writeFile } from "node:fs/promises";
import { type EventLog, eventLine, readEventLine, type WatchEvent } from "@shortfall/sdk";

/** Events in a file, a line each, and beside it how many were posted. `shortfall watch --state` keeps them likewise. */
export class FileLog implements EventLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async *read(): AsyncGenerator<WatchEvent> {
    const text = await textOf(this.#path);
    // A last line without its end was never acknowledged.
    for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
      if (line !== "") yield readEventLine(line);
    }
  }

  async append(events: readonly WatchEvent[]): Promise<void> {
    const file = await open(this.#path, "a");
    try {
      await file.appendFile(events.map((event) => `${eventLine(event)}\n`).join(""));
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /** Sequence of the first event that was not posted. */
  async posted(): Promise<number> {
    return Number((await textOf(`${this.#path}.posted`)) || "0");
  }

  async markPosted(count: number): Promise<void> {
    await writeFile(`${this.#path}.posted.new`, `${count}`);
    await rename(`${this.#path}.posted.new`, `${this.#path}.posted`);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
