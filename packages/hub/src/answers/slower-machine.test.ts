/** A machine whose own benchmarks fall to half two days ago, and its jobs before and after. */
import {
  deviatingExecution,
  formatInstant,
  list,
  parseInstant,
  why as whySchema,
  type ExecutionInput,
  type Why,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

const now = parseInstant("2026-11-23T12:00:00Z")!;
const hour = 3_600_000_000;
const days = 24;
const slowSince = now - 50 * hour;
let under: HubUnderTest;

beforeAll(async () => {
  under = await hubUnderTest(formatInstant(now));
  const web = await machineUnderTest(under, "web-1");
  const steady = await machineUnderTest(under, "web-2");
  await scores(web.token, ["cpu-integer", "cpu-float", "memory-bandwidth"], (at) =>
    at < slowSince ? 100 : 50,
  );
  await scores(steady.token, ["cpu-integer", "cpu-float"], () => 100);
  const runs = ["web-1", "web-2"].flatMap((machine) => [
    // Keeps a CPU all the time; asks for one now and then; something that happens to run whenever the machine is slow.
    ...daily(machine, "convert", 0, (slow) => (slow ? 1200 : 600), 0.98),
    ...daily(machine, "fetch", 2 * hour, (slow) => (slow ? 1200 : 600), 0.02),
    ...daily(machine, "unmeasured", 4 * hour, (slow) => (slow ? 1200 : 600), null),
    ...daily(machine, "bystander", 0, () => 500, 0.1).slice(-4),
    ...daily(machine, "grown", 6 * hour, (slow) => (slow ? 2600 : 600), 0.98),
  ]);
  expect((await under.ask("POST", "/executions", { body: runs })).status).toBe(200);
  await under.hub.attribution.fit();
}, 30_000);
afterAll(() => under.close());

async function scores(token: string, benchmarks: string[], score: (at: number) => number) {
  const at = Array.from({ length: days * 4 }, (_, run) => now - (days * 4 - run) * 6 * hour);
  for (const [sequence, benchmark] of benchmarks.entries()) {
    const batch = sampleBatch(sequence + 1, {
      series: [
        {
          metric: "culprit.benchmark.score",
          attributes: { benchmark, instrument: "1 v8" },
          unit: "{operation}/s",
          type: "gauge",
        },
      ],
      points: {
        series: at.map(() => 0),
        at,
        value: at.map((instant, run) => score(instant) * (0.98 + 0.01 * (run % 5))),
        intervalSeconds: at.map(() => 0),
      },
    });
    const answer = await under.app.inject({
      method: "POST",
      url: "/api/v1/intake",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
      payload: `${JSON.stringify(batch)}\n`,
    });
    expect(answer.statusCode).toBe(200);
  }
}

/** `cpu`: the part of its usual time that it keeps a CPU. */
function daily(
  machine: string,
  process: string,
  offset: number,
  seconds: (slow: boolean) => number,
  cpu: number | null,
): ExecutionInput[] {
  return Array.from({ length: days }, (_, day) => {
    const startedAt = now - (days - day) * 24 * hour + offset;
    const lasts = seconds(startedAt > slowSince) * (0.98 + 0.01 * (day % 5));
    return {
      id: `${machine}-${process}-${day}`,
      machine,
      process,
      kind: "cron",
      startedAt: formatInstant(startedAt),
      endedAt: formatInstant(startedAt + Math.round(lasts * 1e6)),
      outcome: "ok",
      ...(cpu === null ? {} : { cpuSeconds: cpu * 600 }),
    };
  });
}

async function explain(process: string, machine = "web-1", language = "en"): Promise<Why> {
  const url = `/executions/${machine}-${process}-${days - 1}/why`;
  return whySchema.parse((await under.ask("GET", url, { headers: { "accept-language": language } })).body);
}

test("a run that needs the CPU is slow because its machine is, and nobody is accused", async () => {
  const { verdict, shares, excessSeconds, slowerMachine, text } = await explain("convert");
  expect(verdict).toBe("host");
  expect(shares[0]).toMatchObject({ cause: "host", slowerMachine: true });
  expect(shares[0]!.seconds).toBeGreaterThan(0.8 * excessSeconds);
  expect(shares[0]!.low).toBeGreaterThan(0);
  expect(shares.some(({ cause }) => cause === "process" || cause === "group")).toBe(false);
  expect(shares.reduce((sum, share) => sum + share.seconds, 0)).toBeCloseTo(excessSeconds, 6);
  expect(slowerMachine.map(({ benchmark }) => benchmark)).toEqual([
    "cpu-integer",
    "cpu-float",
    "memory-bandwidth",
  ]);
  expect(slowerMachine[0]!.ratio).toBeCloseTo(0.5, 2);
  expect(text).toContain(
    " because the machine itself was slower (whole-number arithmetic: 50% of the usual speed since 21 November, ",
  );
  expect((await explain("convert", "web-1", "pt-BR")).text).toContain(
    "porque a própria máquina estava mais lenta (aritmética inteira: ",
  );
  expect((await explain("convert", "web-1", "es")).text).toContain(
    "porque la propia máquina era más lenta (",
  );
});

test("more than the machine explains stays unexplained", async () => {
  const { verdict, shares, excessSeconds } = await explain("grown");
  expect(excessSeconds).toBeGreaterThan(1900);
  expect(shares.find(({ slowerMachine }) => slowerMachine)!.seconds).toBeLessThan(700);
  expect(shares[0]!.cause).not.toBe("host");
  expect(verdict).not.toBe("host");
});

test("a run that hardly needs the CPU was not slow because of it", async () => {
  const { verdict, shares } = await explain("fetch");
  expect(verdict).not.toBe("host");
  expect(shares.find(({ slowerMachine }) => slowerMachine)?.seconds ?? 0).toBeLessThan(20);
});

test("where nobody measured the run, that its machine was slower is told as no more than that", async () => {
  const { verdict, shares, text } = await explain("unmeasured");
  expect(verdict).not.toBe("host");
  expect(shares.every(({ cause }) => cause !== "host")).toBe(true);
  expect(text).toMatch(/the machine itself was slower then \(.*\), which may have cost it time$/);
});

test("a machine that is as fast as it was explains nothing", async () => {
  const { verdict, shares, slowerMachine, text } = await explain("convert", "web-2");
  expect([verdict === "host", shares.some(({ cause }) => cause === "host"), slowerMachine]).toEqual([
    false,
    false,
    [],
  ]);
  expect(text).not.toContain("slower");
});

test("the list of slow runs says of each what its own answer says", async () => {
  const query = "/deviations?direction=slow&verdicts=true&from=2026-11-20T00:00:00Z";
  const { items } = list(deviatingExecution).parse((await under.ask("GET", query)).body);
  const told = items.filter(({ verdict }) => verdict !== undefined);
  expect(told.some(({ verdict }) => verdict === "host")).toBe(true);
  for (const { execution, verdict } of told) {
    const { body } = await under.ask("GET", `/executions/${execution.id}/why`);
    expect([execution.id, verdict]).toEqual([execution.id, whySchema.parse(body).verdict]);
  }
});
