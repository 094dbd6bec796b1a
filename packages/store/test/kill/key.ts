import type { JournalKey } from "@shortfall/core";

export const KEY: JournalKey = { chain: "eip155:1", market: "killed" };
