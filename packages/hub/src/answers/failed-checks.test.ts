/** A slow run beside checks that failed meanwhile, before, and elsewhere. */
import { why as whySchema, type ExecutionInput, type Why } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest } from "../test/machine-under-test.ts";
import { clausesOf } from "./failed-checks.ts";
import { locales } from "./why-text.ts";

const midnight = Date.parse("2026-11-23T00:00:00Z") * 1000;
const minute = 60_000_000;
let under: HubUnderTest;

beforeAll(async () => {
  under = await hubUnderTest("2026-11-23T12:00:00Z");
  await machineUnderTest(under, "web-1");
  await machineUnderTest(under, "web-2");
  const run = (day: number, seconds: number): ExecutionInput => {
    const start = (midnight + 120 * minute) / 1000 - day * 86_400_000;
    const instant = (at: number) => new Date(at).toISOString();
    return {
      id: `backup-${day}`,
      process: "backup",
      machine: "web-1",
      kind: "cron",
      startedAt: instant(start),
      endedAt: instant(start + seconds * 1000),
      outcome: "ok",
    };
  };
  const runs = Array.from({ length: 12 }, (_, day) => run(day, day === 0 ? 1800 : 600 + day));
  expect((await under.ask("POST", "/executions", { body: runs })).status).toBe(200);
  const make = async (name: string, more: object): Promise<void> => {
    const target = { kind: "service", service: name };
    const body = { name, target, retries: 0, ...more };
    expect((await under.ask("POST", "/checks", { body })).status).toBe(200);
  };
  await make("httpd", { machine: "web-1" });
  await make("httpd", { machine: "web-2" });
  await make("site", { target: { kind: "tcp", host: "WEB-1", port: 80 } });
  await make("other site", { target: { kind: "tcp", host: "web-2", port: 80 } });
  // Minutes of the day: all fail from 02:10 to 02:14; the first failed before the run, too.
  const { store, checks } = under.hub;
  const results = checks.all().flatMap(({ checkId, name, machineId }) =>
    Array.from({ length: 40 }, (_, index) => {
      const at = 100 + index;
      const bad = (at >= 130 && at < 134) || (at === 110 && name === "httpd" && machineId !== 0);
      return {
        checkId,
        at: midnight + at * minute,
        state: bad ? (name === "site" ? ("warning" as const) : ("critical" as const)) : ("ok" as const),
        durationSeconds: 0.1,
        text: bad ? "refused" : "well",
        numbers: [],
        finding: null,
      };
    }),
  );
  await store.checks.addResults(results);
  checks.heardAll();
  await checks.settle();
});
afterAll(() => under.close());

const explained = async (id: string, language = "en"): Promise<Why> =>
  whySchema.parse(
    (await under.ask("GET", `/executions/${id}/why`, { headers: { "accept-language": language } })).body,
  );

test("are told with their times where they touch the run, its machine's own and the hub's of that machine", async () => {
  const { checks, text } = await explained("backup-0");
  expect(checks.map(({ check, machine, state, startedAt }) => [check, machine, state, startedAt])).toEqual([
    ["httpd", "web-1", "critical", "2026-11-23T02:10:00.000000Z"],
    ["site", undefined, "warning", "2026-11-23T02:10:00.000000Z"],
  ]);
  expect(text).toContain("; meanwhile the check `httpd` stood at critical (02:10 to 02:14)");
  expect(text).toContain("; meanwhile the check `site` stood at warning (02:10 to 02:14)");
  expect((await explained("backup-0", "pt-BR")).text).toContain("`httpd` estava em estado crítico");
  expect((await explained("backup-0", "es")).text).toContain("`httpd` estaba en estado crítico");
});

test("a run that was as usual, or ran at another time, is told nothing", async () => {
  expect((await explained("backup-3")).checks).toEqual([]);
});

test("each check is said once, the worst first; of many the rest is counted", () => {
  const incident = (checkId: number, at: number, state: "critical" | "warning", endedAt: number | null) => ({
    machineId: 1,
    checkId,
    at,
    state,
    endedAt,
    text: "",
    finding: null,
  });
  const said = locales.map((locale) =>
    clausesOf(
      [
        incident(1, 10, "warning", 20),
        incident(2, 40, "critical", 50),
        incident(2, 10, "critical", 20),
        incident(3, 30, "critical", null),
        incident(4, 30, "warning", null),
      ],
      (checkId) => `check ${checkId}`,
      String,
      locale,
    ),
  );
  expect(said[0]).toEqual([
    "meanwhile the check `check 2` stood at critical 2 times (10 to 50)",
    "meanwhile the check `check 3` stood at critical (since 30)",
    "2 more checks were not well",
  ]);
  expect(said.map((clauses) => clauses.length)).toEqual([3, 3, 3]);
});
