import { parseInstant, type SupervisionEvent } from "@culprit/protocol";
import { afterEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";
import { play, reportsOf, stepsOf, type Plan } from "../test/a-week.ts";

let tested: HubUnderTest;
afterEach(() => tested.close());

const monday = "2026-11-23T00:00:00Z";
const zone = { timeZone: "UTC" };

const plans: Plan[] = [
  {
    process: "backup",
    cron: "0 3 * * *",
    ...zone,
    seconds: 2400,
    planted: { "2026-11-25T03:00": { absent: true } },
  },
  {
    process: "report",
    cron: "0 * * * *",
    ...zone,
    seconds: 300,
    planted: { "2026-11-24T10:00": { lateSeconds: 1200 } },
  },
  {
    process: "sync",
    cron: "*/15 * * * *",
    ...zone,
    seconds: 120,
    planted: { "2026-11-26T12:15": { outcome: "failed" } },
  },
  {
    process: "index",
    cron: "0 */2 * * *",
    ...zone,
    seconds: 1800,
    planted: { "2026-11-27T08:00": { seconds: 9600 } },
  },
  {
    process: "mail",
    cron: "*/10 * * * *",
    ...zone,
    seconds: 20,
    planted: {
      "2026-11-28T05:00": { absent: true },
      "2026-11-28T05:10": { absent: true },
      "2026-11-28T05:20": { absent: true },
    },
  },
  {
    process: "archive",
    cron: "30 4 * * *",
    ...zone,
    seconds: 600,
    planted: { "2026-11-28T04:30": { endless: true } },
  },
  {
    process: "export",
    cron: "15 6 * * *",
    ...zone,
    seconds: 900,
    planted: { "2026-11-26T06:15": { seconds: 5 } },
  },
  {
    process: "clean",
    cron: "45 1 * * *",
    ...zone,
    seconds: 60,
    planted: { "2026-11-27T01:45": { outcome: "lost" } },
  },
  // Nobody expects these: of cron jobs failures are noticed, of the others nothing.
  {
    process: "stray",
    cron: "20 7 * * *",
    ...zone,
    seconds: 60,
    planted: { "2026-11-24T07:20": { outcome: "failed" } },
  },
  {
    process: "by-hand",
    cron: "0 12 * * *",
    ...zone,
    seconds: 9,
    kind: "job",
    planted: { "2026-11-24T12:00": { outcome: "failed" } },
  },
  {
    process: "GET-index",
    cron: "*/30 * * * *",
    ...zone,
    seconds: 1,
    kind: "web",
    planted: { "2026-11-24T12:00": { outcome: "failed" } },
  },
];
const bounds: Record<string, object> = { archive: { maxSeconds: 3600 }, export: { minSeconds: 60 } };
const unexpected = new Set(["stray", "by-hand", "GET-index"]);

test("a week with planted faults raises exactly their events, also over a restart of the hub", async () => {
  tested = await hubUnderTest(monday);
  const web1 = await machineUnderTest(tested, "web-1");
  for (const { process, cron, timeZone } of plans)
    if (!unexpected.has(process))
      await tested.ask("PUT", "/expectations", {
        body: { process, machine: "web-1", cron, timeZone, ...bounds[process] },
      });
  const from = parseInstant(monday)!;
  const to = parseInstant("2026-11-30T00:00:00Z")!;
  const steps = stepsOf(from, to, ["2026-11-27T08", "2026-11-27T09", "2026-11-27T10"]);
  const middle = steps.findIndex((at) => at > parseInstant("2026-11-27T09:45:00Z")!);
  const reports = reportsOf(plans, from, to);
  const send = async (payload: object[]) => {
    const request = { method: "POST", url: "/api/v1/executions", headers: web1.headers, payload } as const;
    const answer = await tested.app.inject(request);
    expect(answer.statusCode, answer.body).toBe(200);
  };
  await play(tested, reports, steps.slice(0, middle), send);
  await play(tested, reports.slice(sentUntil(reports, steps[middle - 1]!)), steps.slice(middle), send);
  const { body } = await tested.ask("GET", `/events?from=${monday}&limit=1000&withdrawn=true`);
  const items = (body as { items: SupervisionEvent[] }).items.toReversed();
  expect(
    items.map(
      ({ kind, process, at, ending = "open", detail }) =>
        `${at.slice(0, 16)} ${process}: ${kind}${detail.count === undefined ? "" : ` ${detail.count}`}, ${ending}`,
    ),
  ).toEqual([
    "2026-11-24T07:21 stray: failed, recovered",
    "2026-11-24T10:05 report: late, started",
    "2026-11-25T03:05 backup: missed 1, ran-again",
    "2026-11-26T06:15 export: too-short, recovered",
    "2026-11-26T12:17 sync: failed, recovered",
    "2026-11-27T01:46 clean: lost, recovered",
    "2026-11-27T09:30 index: too-long, finished",
    "2026-11-27T09:40 index: will-not-finish-before-next-start, finished",
    "2026-11-27T10:00 index: overlapping-itself, finished",
    "2026-11-28T05:05 mail: missed 3, ran-again",
    "2026-11-28T05:30 archive: too-long, open",
    "2026-11-29T04:30 archive: overlapping-itself, open",
  ]);
}, 60_000);

function sentUntil(reports: readonly { at: number }[], until: number): number {
  return reports.filter(({ at }) => at <= until).length;
}
