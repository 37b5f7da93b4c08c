/** What one process's runs show: changes for good, growth, hours, overlaps; and what a change does to what is normal. */
import {
  deviatingExecution,
  formatInstant,
  list,
  parseInstant,
  processDetail,
  why as whySchema,
  type ExecutionInput,
} from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";

const now = "2026-06-01T12:00:00Z";
const day = 86_400e6;
let under: HubUnderTest;

/** Between 0.97 and 1.03, always the same for the same run. */
const wobble = (n: number): number => 1 + 0.03 * Math.sin(n * 12.9898 + Math.sin(n * 78.233) * 43_758.5453);

function nightly(
  machine: string,
  process: string,
  seconds: (night: number) => number,
  more: (night: number) => Partial<ExecutionInput> = () => ({}),
): ExecutionInput[] {
  return Array.from({ length: 29 }, (_, night) => {
    const startedAt = parseInstant("2026-05-03T01:00:00Z")! + night * day;
    const length = Math.round(seconds(night) * wobble(night) * 1e6);
    return {
      id: `${process}-${night}`,
      machine,
      process,
      kind: "cron" as const,
      startedAt: formatInstant(startedAt),
      endedAt: formatInstant(startedAt + length),
      ...more(night),
    };
  });
}

beforeAll(async () => {
  under = await hubUnderTest(now);
  for (const machine of ["db1", "db2", "web1"]) await under.hub.fleet.create(machine);
  const failing = (night: number) => (night === 5 || night === 25 ? { outcome: "failed" as const } : {});
  const overlapping = Array.from({ length: 3 }, (_, k) => ({
    id: `sync-${k}`,
    machine: "web1",
    process: "sync",
    startedAt: `2026-05-31T10:0${k}:00Z`,
    endedAt: `2026-05-31T10:0${k + 1}:30Z`,
  }));
  const body = [
    ...nightly("db1", "backup", (night) => (night < 18 ? 500 : 720), failing),
    ...nightly("db1", "index", (night) => (night < 18 ? 60 : 90)),
    ...nightly("db2", "index", () => 60),
    ...nightly("web1", "growing", (night) => 300 * 1.05 ** (night / 7)),
    ...overlapping,
  ];
  const answer = await under.ask("POST", "/executions", { body });
  expect(answer.body).toMatchObject({ accepted: body.length });
});

afterAll(() => under.close());

async function detailOf(process: string, query = "", language = "en") {
  const headers = { "accept-language": language };
  const answer = await under.ask("GET", `/processes/${process}${query}`, { headers });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return processDetail.parse(answer.body);
}

describe("a process that takes 44% longer since a deploy", () => {
  test("says so, with its size and bounds, in figures and in words", async () => {
    const detail = await detailOf("backup");
    expect(detail.change).toMatchObject({
      at: "2026-05-21T01:00:00.000000Z",
      machines: ["db1"],
      everywhere: true,
    });
    expect(detail.change!.changePercent).toBeGreaterThan(38);
    expect(detail.change!.changePercent).toBeLessThan(50);
    expect(detail.change!.lowPercent).toBeLessThan(44);
    expect(detail.change!.highPercent).toBeGreaterThan(44);
    expect(detail.change!.medianAfterSeconds).toBeCloseTo(720, -2);
    expect(detail.perMachine[0]!.changes).toHaveLength(1);
    expect(detail.text).toMatch(
      /^`backup` takes 1[12] min( \d+ s)?, 4\d% longer since 21 May; 2 of 29 runs failed\.$/,
    );
    const since = detail.distribution.reduce((sum, { countSince = 0 }) => sum + countSince, 0);
    expect(since).toBe(11);
  });

  test("says so in the reader's language, with the day of the reader's zone", async () => {
    const { text } = await detailOf("backup", "?zone=America/Sao_Paulo", "pt-BR");
    expect(text).toMatch(
      /^`backup` leva 1[12] min( \d+ s)?, 4\d% mais desde 20 de maio; 2 de 29 execuções falharam\.$/,
    );
    expect((await detailOf("backup", "", "es")).text).toContain(
      "más desde el 21 de mayo; 2 de 29 ejecuciones fallaron.",
    );
  });

  test("is not slow for ever: runs are compared with those of their own time", async () => {
    const deviations = await under.ask(
      "GET",
      "/deviations?process=backup&from=2026-05-02T00:00:00Z&limit=100",
    );
    expect(list(deviatingExecution).parse(deviations.body).items).toEqual([]);
    const normalOf = async (id: string) =>
      whySchema.parse((await under.ask("GET", `/executions/${id}/why`)).body).normal;
    expect(await normalOf("backup-28")).toMatchObject({ count: 10, since: "2026-05-21T01:00:00.000000Z" });
    const before = await normalOf("backup-10");
    expect(before).toMatchObject({ count: 17 });
    expect(before).not.toHaveProperty("since");
    expect(before!.medianSeconds).toBeLessThan(520);
  });
});

test("a change on one of two machines is told with its machine, and divides no distribution", async () => {
  const detail = await detailOf("index");
  expect(detail.change).toMatchObject({ machines: ["db1"], everywhere: false });
  expect(detail.text).toMatch(
    /^`index` takes 1 min[^,]*, \d+% longer since 21 May on `db1`; none of 58 runs failed\.$/,
  );
  expect(detail.distribution.every(({ countSince }) => countSince === undefined)).toBe(true);
  expect((await detailOf("index", "?machine=db2")).change).toBeNull();
});

test("growth is told as percent a week, and is no change", async () => {
  const detail = await detailOf("growing");
  const [machine] = detail.perMachine;
  expect(machine!.changes).toEqual([]);
  expect(machine!.trend!.weeklyPercent).toBeCloseTo(5, 0);
  expect(machine!.trend!.lowPercent).toBeLessThan(5);
  expect(machine!.trend!.highPercent).toBeGreaterThan(5);
  expect(detail.text).toMatch(/It takes (4|5)(\.\d)?% longer every week\./);
});

test("a process beside itself is counted: runs, most at once, seconds", async () => {
  const detail = await detailOf("sync");
  expect(detail.perMachine[0]!.selfOverlap).toEqual({ runs: 3, runsShare: 1, mostAtOnce: 2, seconds: 60 });
  expect(detail.text).toContain(
    "3 runs overlapped others of the same process, up to 2 at once, for 1 min in all.",
  );
});

test("hours of the week are those of the zone asked for, and a zone that is none is refused", async () => {
  const { hours } = await detailOf("backup", "?zone=America/Sao_Paulo");
  // 01:00 UTC is 22:00 the evening before.
  expect(hours.counts.flatMap((count, hour) => (count > 0 ? [hour % 24] : []))).toEqual(
    Array.from({ length: 7 }, () => 22),
  );
  expect(hours.failures.reduce((sum, failures) => sum + failures, 0)).toBe(2);
  expect((await under.ask("GET", "/processes/backup?zone=Mars/Olympus")).status).toBe(400);
});
