/** An access log of 2,000 lines a second followed for a minute, with a rotation: cost, and whether anything was lost. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { AccessLogs } from "../../packages/agent/src/access-logs/access-logs.ts";
import { systemClock } from "../../packages/agent/src/clock.ts";
import { standardErrorLog } from "../../packages/agent/src/log.ts";
import type { Written } from "../../packages/agent/src/testing/access-log-load.ts";
import { executionsIn, openTestSpool, sumIn } from "../../packages/agent/src/testing/spool-under-test.ts";
import { WebRequests } from "../../packages/agent/src/web-requests/web-requests.ts";

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      "per-second": { type: "string", default: "2000" },
      seconds: { type: "string", default: "60" },
    },
  });
  const base = await mkdtemp(join(tmpdir(), "culprit-bench-access-log-"));
  const spool = await openTestSpool(base, systemClock);
  const parts = { spool, clock: systemClock, log: standardErrorLog };
  const webRequests = await WebRequests.open({ dataDir: base, ...parts });
  const path = join(base, "access.log");
  const accessLogs = new AccessLogs({ logs: [{ path }], webRequests, ...parts });
  const stopping = new AbortController();
  const jobs = [accessLogs.run(stopping.signal), webRequests.run(stopping.signal)];
  const before = process.cpuUsage();
  const parameters = [...process.execArgv, join(import.meta.dirname, "writer.ts"), path];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...parameters,
    values["per-second"],
    values.seconds,
  ]);
  const written = JSON.parse(stdout) as Written;
  stopping.abort();
  await Promise.all(jobs);
  await webRequests.tell();
  const { user, system } = process.cpuUsage(before);
  const counted = await sumIn(spool, "http.server.request.duration");
  const executions = await executionsIn(spool);
  const failed = executions.filter(({ outcome }) => outcome === "failed").length;
  await spool.close();
  await rm(base, { recursive: true });
  const cpuMillis = (user + system) / 1000;
  console.table({
    "lines written": written.lines,
    "lost in the histogram": written.lines - counted,
    "failed, not recorded": written.failed - failed,
    "recorded one by one": executions.length,
    "different processes": new Set(executions.map(({ process }) => process)).size,
    "agent CPU ms per 1,000 lines": Number((cpuMillis / (written.lines / 1000)).toFixed(2)),
    "agent CPU, % of a core": Number((cpuMillis / 10 / Number(values.seconds)).toFixed(2)),
    "agent memory, MB": Math.round(process.memoryUsage.rss() / 1e6),
  });
}
