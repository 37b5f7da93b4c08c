/** What commands use without the rest of the agent. */
export { examineAccessLog, type ExaminedLog } from "./examine.ts";
export { parseClfTime } from "./log-time.ts";
export { notedAccessLogs } from "./note.ts";
