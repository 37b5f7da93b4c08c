import {
  deviatingExecution,
  formatInstant,
  list,
  parseInstant,
  processDetail,
  processSummary,
  why as whySchema,
  type DeviatingExecution,
  type ExecutionInput,
  type ProcessSummary,
  type Why,
} from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";

const now = "2026-11-23T12:00:00Z";
let under: HubUnderTest;

/** `daysAgo` nights before the last one, at a time of day, for some seconds (null: it still runs). */
function run(
  machine: string,
  process: string,
  id: string,
  daysAgo: number,
  time: string,
  seconds: number | null,
  more: Partial<ExecutionInput> = {},
): ExecutionInput {
  const startedAt = parseInstant(`2026-11-23T${time}Z`)! - daysAgo * 86_400e6;
  return {
    id,
    machine,
    process,
    kind: "cron",
    startedAt: formatInstant(startedAt),
    ...(seconds === null
      ? {}
      : { endedAt: formatInstant(startedAt + seconds * 1e6), outcome: "ok" as const }),
    ...more,
  };
}

const nights = (count: number, each: (daysAgo: number) => ExecutionInput): ExecutionInput[] =>
  Array.from({ length: count }, (_, i) => each(i + 1));

const unknownLength = { flags: ["duration-unknown" as const] };

/** Three backups of 355, 360 and 365 s and so on; last night's took 860 s while reindex ran where it never does. */
const fleet: ExecutionInput[] = [
  ...nights(21, (day) => run("db1", "backup", `backup-${day}`, day, "03:00:00", 355 + 5 * (day % 3))),
  run("db1", "backup", "backup-0", 0, "03:00:00", 860),
  run("db1", "backup", "dump-0", 0, "03:00:01", 800, { step: "dump", parentId: "backup-0" }),
  run("db1", "gzip", "gzip-0", 0, "03:00:02", 700, { parentId: "dump-0" }),
  ...nights(21, (day) => run("db1", "reindex", `reindex-${day}`, day, "05:00:00", 420)),
  run("db1", "reindex", "reindex-0", 0, "03:04:00", 420, {
    cpuSeconds: 400,
    ioReadBytes: 10,
    ioWriteBytes: 5,
  }),
  ...nights(21, (day) => run("db1", "cleanup", `cleanup-${day}`, day, "03:01:00", 60)),
  run("db1", "cleanup", "cleanup-0", 0, "03:01:00", 60),
  run("db1", "cleanup", "cleanup-touching", 0, "03:14:20", 60),
  run("web1", "etl", "etl-0", 0, "03:00:00", 600),
  ...nights(10, (day) => run("web1", "sync", `sync-${day}`, day, "11:50:00", 60)),
  run("web1", "sync", "sync-now", 0, "11:50:00", null),
  ...nights(12, (day) => run("web1", "import", `import-${day}`, day, "06:00:00", 120)),
  run("web1", "import", "import-0", 0, "06:00:00", 3, { outcome: "failed", exitCode: 1 }),
  ...nights(20, (day) => run("web1", "ping", `ping-${day}`, day, "07:00:00", 0.003)),
  run("web1", "ping", "ping-0", 0, "07:00:00", 0.005),
  ...nights(12, (day) => run("web1", "report", `report-${day}`, day, "08:00:00", 90)),
  ...nights(12, (day) => run("web1", "report", `told-${day}`, day, "09:00:00", 0, unknownLength)),
  run("web1", "report", "told-0", 0, "09:00:00", 0, { ...unknownLength, outcome: "failed" }),
];

beforeAll(async () => {
  under = await hubUnderTest(now);
  await under.hub.fleet.create("db1");
  await under.hub.fleet.create("web1");
  const stored = await under.ask("POST", "/executions", { body: fleet });
  expect(stored.body).toEqual({ accepted: fleet.length, duplicates: 0 });
});

afterAll(() => under.close());

async function get<T>(url: string, schema: { parse(body: unknown): T }, language = "en"): Promise<T> {
  const answer = await under.ask("GET", url, { headers: { "accept-language": language } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return schema.parse(answer.body);
}

const why = (id: string, language?: string): Promise<Why> =>
  get(`/executions/${id}/why`, whySchema, language);

const find = (items: readonly ProcessSummary[], process: string) =>
  items.find((each) => each.process === process)!;
const deviations = (query = "") => get(`/deviations${query}`, list(deviatingExecution));
const ids = ({ items }: { items: DeviatingExecution[] }) => items.map((each) => each.execution.id);

describe("why", () => {
  test("a slow run's excess is unexplained, and who was there unusually long comes first", async () => {
    const answer = await why("backup-0");
    expect(answer.normal).toEqual({ count: 22, medianSeconds: 360, madSeconds: 5, p95Seconds: 365 });
    expect(answer).toMatchObject({
      excessSeconds: 500,
      verdict: "unknown",
      fittedAt: formatInstant(parseInstant(now)!),
    });
    expect(answer.deviation).toEqual({
      direction: "slow",
      score: expect.closeTo(Math.log(860 / 360) / 0.05, 6) as number,
    });
    expect(answer.shares).toEqual([{ cause: "unexplained", seconds: 500, low: 500, high: 500 }]);
    expect(
      answer.concurrent.map((each) => [
        each.execution,
        each.machine,
        each.overlapSeconds,
        each.processOverlapSeconds,
        each.usualOverlapSeconds,
      ]),
    ).toEqual([
      ["etl-0", "web1", 600, 600, 0],
      ["reindex-0", "db1", 420, 420, 0],
      ["cleanup-0", "db1", 60, 60, 60],
    ]);
    expect(answer.concurrent[1]!.osUsage).toEqual({ cpuSeconds: 400, ioBytes: 15, maxRssBytes: null });
  });

  test("says it in one sentence, in the reader's language", async () => {
    expect((await why("backup-0")).text).toBe(
      "`backup` took 14 min 20 s instead of 6 min; nothing explains 8 min 20 s yet; " +
        "`reindex` ran beside it for 7 min, usually not at all, which alone proves nothing",
    );
    expect((await why("backup-0", "pt-PT, en;q=0.5")).text).toBe(
      "`backup` levou 14 min 20 s em vez de 6 min; nada explica ainda 8 min 20 s; " +
        "`reindex` rodou ao mesmo tempo por 7 min, em geral nada, o que por si só não prova nada",
    );
    expect((await why("backup-0", "fr, es-AR;q=0.9, en;q=0.1")).text).toMatch(
      /^`backup` tardó 14 min 20 s en vez de 6 min; /,
    );
  });

  test("a run of unknown length is neither normal nor unusual, and says so", async () => {
    const answer = await why("told-0");
    expect(answer).toMatchObject({ deviation: null, excessSeconds: 0, verdict: "unknown", shares: [] });
    expect(answer.execution).toMatchObject({ outcome: "failed", endedAt: "2026-11-23T09:00:00.000000Z" });
    expect(answer.execution.durationSeconds).toBeUndefined();
    expect(answer.text).toBe(
      "of `report` only the start or the end was told, so how long it took is not known",
    );
  });

  test("a normal run is called normal, and its shares still add up", async () => {
    const answer = await why("backup-2");
    expect(answer).toMatchObject({ verdict: "normal", deviation: null, excessSeconds: 5 });
    expect(answer.shares.reduce((sum, share) => sum + share.seconds, 0)).toBe(answer.excessSeconds);
    expect(answer.text).toBe("`backup` took 6 min 5 s, which is normal (usually 6 min)");
    expect(answer.concurrent.map((each) => each.execution)).toEqual(["cleanup-2"]);
  });

  test("a run is never beside its own steps, nor a step beside the run it belongs to", async () => {
    for (const id of ["backup-0", "dump-0", "gzip-0"]) {
      const beside = (await why(id)).concurrent.map((each) => each.execution);
      expect(beside).toEqual(expect.arrayContaining(["etl-0", "reindex-0", "cleanup-0"]));
      expect(beside).toHaveLength(3);
    }
  });

  test("a run under way is explained by what it took so far", async () => {
    const answer = await why("sync-now");
    expect(answer).toMatchObject({
      excessSeconds: 540,
      verdict: "unknown",
      deviation: { direction: "slow" },
    });
    expect(answer.text).toBe(
      "`sync` has been running for 10 min instead of 1 min; nothing explains 9 min yet",
    );
  });

  test("a run without predecessors has no normal, no excess and no verdict", async () => {
    const answer = await why("etl-0");
    expect(answer).toMatchObject({
      normal: null,
      excessSeconds: 0,
      deviation: null,
      verdict: "unknown",
      shares: [],
    });
    expect(answer.concurrent.every((each) => each.usualOverlapSeconds === null)).toBe(true);
    expect(answer.text).toBe("`etl` took 10 min; it has not run often enough to say what is normal");
  });

  test("a fast run has a share below zero, so that shares add up", async () => {
    const answer = await why("import-0");
    expect(answer).toMatchObject({ excessSeconds: -117, deviation: { direction: "fast" } });
    expect(answer.shares).toEqual([{ cause: "unexplained", seconds: -117, low: -117, high: -117 }]);
    expect(answer.text).toBe("`import` took only 3 s instead of 2 min");
  });

  test("an unknown run is not found", async () => {
    expect(await under.ask("GET", "/executions/absent/why")).toMatchObject({ status: 404 });
  });
});

describe("processes", () => {
  test("have the statistics of their finished whole runs", async () => {
    const { items } = await get("/processes", list(processSummary));
    expect(items.map((each) => each.process)).toEqual([
      "backup",
      "cleanup",
      "etl",
      "gzip",
      "import",
      "ping",
      "reindex",
      "report",
      "sync",
    ]);
    expect(find(items, "backup")).toMatchObject({
      kinds: ["cron"],
      machines: [{ machine: "db1", machineId: "m_1" }],
      lastStartedAt: "2026-11-23T03:00:00.000000Z",
      statistics: {
        count: 22,
        running: 0,
        failures: 0,
        meanSeconds: (21 * 360 + 860) / 22,
        medianSeconds: 360,
        madSeconds: 5,
        p95Seconds: 365,
        p99Seconds: expect.closeTo(365 + 0.79 * 495, 9) as number,
        minSeconds: 355,
        maxSeconds: 860,
        totalSeconds: 21 * 360 + 860,
        deviations: 1,
      },
    });
    expect(find(items, "import").statistics).toMatchObject({ count: 13, failures: 1, deviations: 1 });
    expect(find(items, "sync").statistics).toMatchObject({ count: 10, running: 1, deviations: 1 });
    expect(find(items, "ping").statistics).toMatchObject({ count: 21, deviations: 0 });
  });

  test("are filtered by machine, process and window", async () => {
    const { items } = await get(
      "/processes?machine=db1&process=backup&process=sync&from=2026-11-23T00:00:00Z",
      list(processSummary),
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      process: "backup",
      statistics: { count: 1, standardDeviationSeconds: null },
    });
    expect(await under.ask("GET", "/processes?machine=absent")).toMatchObject({ status: 404 });
  });

  test("count runs of unknown length, and take no duration from them", async () => {
    const { items } = await get("/processes", list(processSummary));
    expect(find(items, "report").statistics).toMatchObject({
      count: 25,
      failures: 1,
      deviations: 0,
      medianSeconds: 90,
      minSeconds: 90,
      totalSeconds: 12 * 90,
    });
    expect((await why("report-1")).normal).toMatchObject({ count: 12, medianSeconds: 90 });
  });

  test("one has its steps, its machines and its distribution", async () => {
    const detail = await get("/processes/backup", processDetail);
    expect(detail.summary.statistics.count).toBe(22);
    expect(detail.steps).toMatchObject([{ step: "dump", statistics: { count: 1, medianSeconds: 800 } }]);
    expect(detail.perMachine).toMatchObject([{ machine: "db1", kind: "cron", statistics: { count: 22 } }]);
    expect(detail.distribution.reduce((sum, bin) => sum + bin.count, 0)).toBe(22);
    expect((await get(`/processes/${detail.summary.processId}`, processDetail)).summary.process).toBe(
      "backup",
    );
  });

  test("one that did not run in the window is there without statistics", async () => {
    const detail = await get(
      "/processes/etl?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z",
      processDetail,
    );
    expect(detail).toMatchObject({
      summary: { process: "etl", statistics: { count: 0, medianSeconds: null } },
      steps: [],
    });
  });
});

describe("deviations", () => {
  test("are the runs of the last day that deviate, newest first, late ones under way among them", async () => {
    const answer = await deviations();
    expect(ids(answer)).toEqual(["sync-now", "import-0", "backup-0"]);
    expect(answer.items.map((each) => each.excessSeconds)).toEqual([540, -117, 500]);
    expect(answer.items[2]!.normal.medianSeconds).toBe(360);
  });

  test("are filtered by direction, machine and window", async () => {
    expect(ids(await deviations("?direction=fast"))).toEqual(["import-0"]);
    expect(ids(await deviations("?machine=db1"))).toEqual(["backup-0"]);
    expect(ids(await deviations("?to=2026-11-23T00:00:00Z&from=2026-11-01T00:00:00Z"))).toEqual([]);
  });

  test("come page by page", async () => {
    const first = await deviations("?limit=2");
    expect(ids(first)).toEqual(["sync-now", "import-0"]);
    const second = await deviations(`?limit=2&cursor=${encodeURIComponent(first.nextCursor!)}`);
    expect(ids(second)).toEqual(["backup-0"]);
    expect(second.nextCursor).toBeUndefined();
    expect(await under.ask("GET", "/deviations?cursor=nonsense")).toMatchObject({ status: 400 });
  });
});
