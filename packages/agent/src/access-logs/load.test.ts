/** 2,000 requests a second for some seconds; `npm run bench -- access-log` does it for a minute. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseInstant } from "@culprit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../clock.ts";
import { slowSeconds, writeAccessLog } from "../testing/access-log-load.ts";
import { executionsIn, openTestSpool, sumIn } from "../testing/spool-under-test.ts";
import { WebRequests } from "../web-requests/web-requests.ts";
import { AccessLogs } from "./access-logs.ts";

test("of 2,000 requests a second each is counted, the failed and slow ones are recorded, of the rest a sample", async () => {
  const base = mkdtempSync(join(tmpdir(), "culprit-log-load-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const spool = await openTestSpool(base, systemClock);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const parts = { spool, clock: systemClock, log };
  const webRequests = await WebRequests.open({ dataDir: base, ...parts });
  const path = join(base, "access.log");
  const accessLogs = new AccessLogs({ logs: [{ path }], webRequests, ...parts });
  const stopping = new AbortController();
  const followed = accessLogs.run(stopping.signal);
  // What is there before the first look is the past.
  await expect.poll(() => webRequests.logPositions.has(path)).toBe(true);
  const written = await writeAccessLog({ path, perSecond: 2000, seconds: 4 });
  await expect
    .poll(
      async () => {
        await webRequests.tell();
        return sumIn(spool, "http.server.request.duration");
      },
      { timeout: 5000, interval: 300 },
    )
    .toBe(written.lines);
  stopping.abort();
  await followed;
  const runs = await executionsIn(spool);
  const lasted = ({ startedAt, endedAt }: (typeof runs)[number]) =>
    (parseInstant(endedAt!)! - parseInstant(startedAt)!) / 1e6;
  expect(written.lines).toBe(8000);
  expect(runs.filter(({ outcome }) => outcome === "failed")).toHaveLength(written.failed);
  expect(runs.filter((run) => lasted(run) === slowSeconds)).toHaveLength(written.slow);
  expect(runs.length).toBeLessThan(written.failed + written.slow + 8000 / 20);
  expect(new Set(runs.map(({ process }) => process)).size).toBeLessThan(10);
  expect(JSON.stringify(runs)).not.toContain("session");
  await spool.close();
});
