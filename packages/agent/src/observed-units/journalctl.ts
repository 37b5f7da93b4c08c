import { execFile } from "node:child_process";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { messages } from "./journal-runs.ts";

const timeoutMillis = 10_000;
const mostEntries = 4000;
const mostBytes = 4 * 1024 * 1024;
const fields =
  "MESSAGE_ID,UNIT,INVOCATION_ID,UNIT_RESULT,EXIT_CODE,EXIT_STATUS,CPU_USAGE_NSEC,IO_METRIC_READ_BYTES,IO_METRIC_WRITE_BYTES";

/**
 * What systemd wrote to the journal about runs of units since an instant, an entry of JSON in each line, the newest of very many;
 * `units`: of these alone, or of all if there are none. Rejects if there is no such program or it does not answer in time.
 */
export function readJournal(program: string, since: Micros, units: readonly string[]): Promise<string> {
  const parameters = [
    "--quiet",
    "--no-pager",
    "--output=json",
    `--output-fields=${fields}`,
    `--since=@${Math.floor(since / microsPerSecond)}`,
    `--lines=${mostEntries}`,
    "_PID=1",
    ...Object.keys(messages).map((id) => `MESSAGE_ID=${id}`),
    ...units.map((unit) => `UNIT=${unit}`),
  ];
  const env = { PATH: process.env["PATH"], LC_ALL: "C" };
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMillis, maxBuffer: mostBytes, encoding: "utf8" as const };
    execFile(program, parameters, options, (error, output) => (error ? reject(error) : resolve(output)));
  });
}
