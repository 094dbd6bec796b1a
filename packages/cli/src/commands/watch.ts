import type { Command } from "commander";
import type { Session } from "../session.js";
export function addWatch(_program: Command, _session: Session): void {}
