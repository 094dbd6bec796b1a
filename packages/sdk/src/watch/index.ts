export * from "./errors.js";
export * from "./event.js";
export { eventLine, readEventLine } from "./event-line.js";
export { type EventLog, forgetfulLog } from "./event-log.js";
export { Watch, type WatchOptions, watch } from "./watch.js";
