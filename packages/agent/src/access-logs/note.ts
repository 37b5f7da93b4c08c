/** Notes which logs an agent follows for those who ask later: its settings may be in a file that only it was told of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessLogSettings, type AccessLogSettings } from "../settings.ts";
import { replaceFile } from "../spool/durable.ts";

const note = "access-logs.json";

export async function noteAccessLogs(logs: readonly AccessLogSettings[], dataDir: string): Promise<void> {
  await replaceFile(join(dataDir, note), `${JSON.stringify(logs)}\n`);
}

/** What the agent of this data directory followed last; nothing if there is none, or another user's. */
export function notedAccessLogs(dataDir: string): AccessLogSettings[] {
  try {
    return accessLogSettings.parse(JSON.parse(readFileSync(join(dataDir, note), "utf8")));
  } catch {
    return [];
  }
}
