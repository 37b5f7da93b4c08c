import { formatInstant, type Fitness } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

const hour = 3_600_000_000;
const start = Date.UTC(2026, 10, 3) * 1000;

let tested: HubUnderTest;
let machine: Awaited<ReturnType<typeof machineUnderTest>>;
let count = 0;

beforeAll(async () => {
  tested = await hubUnderTest(formatInstant(start));
});
afterAll(() => tested.close());
beforeEach(async () => {
  machine = await machineUnderTest(tested, `web-${++count}`);
});

const computer = (cpuModel: string) => ({
  hostName: "web",
  timeZone: "America/Sao_Paulo",
  os: "Debian 13",
  kernel: "6.12",
  architecture: "x64",
  bootId: "boot",
  bootedAt: start,
  cpuCores: 4,
  cpuModel,
  cpuMegahertz: null,
  memoryBytes: 2 ** 34,
  swapBytes: 0,
  partitions: [],
  agentVersion: "0.1.0",
  capabilities: [],
});

type Series = { metric: string; attributes: Record<string, string>; unit?: string };

const integer = (instrument = "1 v8-11.3"): Series => ({
  metric: "culprit.benchmark.score",
  attributes: { benchmark: "cpu-integer", instrument },
  unit: "{operation}/s",
});

let sequence = 0;

/** Values of one series, six hours apart, the last of them now. */
async function measured(of: { token: string }, series: Series, values: readonly number[], more: object = {}) {
  const at = values.map((_, run) => tested.clock.now() - (values.length - 1 - run) * 6 * hour);
  const answer = await tested.app.inject({
    method: "POST",
    url: "/api/v1/intake",
    headers: { authorization: `Bearer ${of.token}`, "content-type": "application/x-ndjson" },
    payload: `${JSON.stringify({
      ...sampleBatch(1, more),
      stream: `host-${String(++sequence).padStart(8, "0")}`,
      series: [{ unit: "1", ...series, type: "gauge" }],
      points: {
        series: values.map(() => 0),
        at,
        value: values,
        intervalSeconds: values.map(() => 0),
      },
    })}\n`,
  });
  expect(answer.statusCode).toBe(200);
}

async function fitness(language = "en"): Promise<Fitness> {
  const { body } = await tested.ask("GET", `/machines/${machine.id}/fitness`, {
    headers: { "accept-language": language },
  });
  return body as Fitness;
}

const steady = [100, 103, 98, 101, 99, 102, 100, 97];

describe("by its benchmarks a machine", () => {
  test("is degraded from the third slower run on, says since when, and is well again after three good ones", async () => {
    await measured(machine, integer(), [...steady, 50, 51]);
    expect(await fitness()).toMatchObject({ state: "ok", reasons: [] });
    await measured(machine, integer(), [...steady, 50, 51, 49]);
    const degraded = await fitness();
    expect(degraded).toMatchObject({
      state: "degraded",
      reasons: [{ code: "benchmark-slower" }],
      benchmarks: [
        {
          benchmark: "cpu-integer",
          unit: "{operation}/s",
          latest: 49,
          changedAt: "2026-11-02T12:00:00.000000Z",
        },
      ],
    });
    expect(degraded.benchmarks[0]!.ratio).toBeCloseTo(0.5, 1);
    expect(degraded.text).toBe(
      `\`web-${count}\` is slower than it should be: whole-number arithmetic: 50% of the usual speed since 2 November.`,
    );
    expect((await fitness("pt-BR")).text).toBe(
      `\`web-${count}\` está mais lenta do que deveria: aritmética inteira: 50% da velocidade usual desde 2 de novembro.`,
    );
    expect((await fitness("es")).text).toContain("es más lenta de lo que debería");
  });

  test("is well again after three runs at its usual speed", async () => {
    await measured(machine, integer(), [...steady, 50, 51, 49, 99, 101, 100]);
    expect(await fitness()).toMatchObject({ state: "ok", benchmarks: [{ changedAt: null, ratio: 1 }] });
  });

  test("is not compared with what another instrument measured", async () => {
    await measured(machine, integer(), steady);
    tested.clock.set(formatInstant(tested.clock.now() + hour));
    await measured(machine, integer("1 v8-12.4"), [50, 51, 49]);
    expect(await fitness()).toMatchObject({
      state: "ok",
      benchmarks: [{ instrument: "1 v8-12.4", runs: 3, latest: 49 }],
    });
  });

  test("has its history with it, also of the months whose samples are gone", async () => {
    const year = Array.from({ length: 300 * 4 }, (_, run) => 100 + (run % 3));
    const now = tested.clock.now();
    for (let first = 0; first < year.length; first += 100) {
      tested.clock.set(formatInstant(now - (year.length - first - 100) * 6 * hour));
      await measured(machine, integer(), year.slice(first, first + 100));
    }
    const [trend] = (await fitness()).benchmarks;
    expect(trend!.history!.values).toHaveLength(1200);
    expect(trend!.history!.times[0]).toBe((tested.clock.now() - 1199 * 6 * hour) / 1000);
    const { body } = await tested.ask("GET", "/fitness");
    const one = (body as { items: Fitness[] }).items.find(({ machineId }) => machineId === machine.id);
    expect(one).toMatchObject({ state: "ok" });
    expect(one!.benchmarks[0]!.history).toBeUndefined();
  });

  test("is slower than two of its like", async () => {
    const model = { computer: computer("a model") };
    for (const speed of [100, 104])
      await measured(
        await machineUnderTest(tested, `peer-${speed}`),
        integer(),
        Array.from(steady, () => speed),
        model,
      );
    await measured(
      machine,
      integer(),
      Array.from(steady, () => 60),
      model,
    );
    await tested.hub.fleet.refresh();
    expect(await fitness()).toMatchObject({
      state: "degraded",
      reasons: [
        {
          code: "slower-than-peers",
          text: "whole-number arithmetic: 59% of the speed of machines of its kind",
        },
      ],
      benchmarks: [{ peers: { machines: 2 } }],
    });
    const other = await machineUnderTest(tested, "another-kind");
    await measured(
      other,
      integer(),
      Array.from(steady, () => 60),
      { computer: computer("another model") },
    );
    machine = other;
    await tested.hub.fleet.refresh();
    expect(await fitness()).toMatchObject({ state: "ok", benchmarks: [{ peers: null }] });
  });

  test("that sends nonsense as scores is judged by the others", async () => {
    await measured(machine, { ...integer(), attributes: { benchmark: "no-such" } }, steady);
    await measured(machine, integer(), [0, -5, ...steady]);
    expect(await fitness()).toMatchObject({ state: "ok", benchmarks: [{ runs: 8 }] });
  });
});

describe("by what it does now a machine", () => {
  test("that nobody measured is not said to be fast", async () => {
    await measured(machine, { metric: "system.memory.utilization", attributes: {} }, [0.3]);
    expect(await fitness()).toMatchObject({ state: "ok", benchmarks: [] });
    expect((await fitness()).text).toContain("nobody knows");
  });

  test("is busy while its CPUs are, and degraded if it is slower as well", async () => {
    await measured(machine, { metric: "system.cpu.utilization", attributes: { "cpu.mode": "user" } }, [0.93]);
    expect(await fitness()).toMatchObject({
      state: "busy",
      reasons: [{ code: "cpu-busy", text: "its CPUs are busy 93% of the time" }],
    });
    await measured(machine, integer(), [...steady, 50, 51, 49]);
    expect(await fitness()).toMatchObject({
      state: "degraded",
      reasons: [{ code: "benchmark-slower" }, { code: "cpu-busy" }],
    });
  });

  test("is busy when memory, a file system, pressure or its host leave nothing", async () => {
    await measured(machine, { metric: "system.memory.utilization", attributes: {} }, [0.97]);
    await measured(
      machine,
      { metric: "system.filesystem.utilization", attributes: { "system.device": "a" } },
      [0.98],
    );
    await measured(
      machine,
      { metric: "system.linux.pressure", attributes: { resource: "io", stall: "some" } },
      [0.6],
    );
    await measured(machine, { metric: "system.cpu.utilization", attributes: { "cpu.mode": "steal" } }, [0.2]);
    expect((await fitness()).reasons).toEqual([
      { code: "memory-full", text: "97% of its memory is used" },
      { code: "disk-full", text: "a file system is 98% full" },
      { code: "pressure", text: "tasks waited for disks 60% of the time" },
      { code: "steal", text: "its host takes 20% of its CPU time" },
    ]);
  });

  test("is not to be used when it is away", async () => {
    expect(await fitness()).toMatchObject({ state: "busy", reasons: [{ code: "not-online" }] });
  });
});

describe("the network benchmark", () => {
  const send = (bytes: number) =>
    tested.app.inject({
      method: "POST",
      url: "/api/v1/benchmarks/network",
      headers: { ...machine.headers, "content-type": "application/octet-stream" },
      payload: Buffer.alloc(bytes),
    });

  test("counts what a machine sends, and gives it what it asks for", async () => {
    expect((await send(100_000)).json()).toEqual({ bytes: 100_000 });
    const given = await tested.app.inject({
      url: "/api/v1/benchmarks/network?bytes=70000",
      headers: machine.headers,
    });
    expect(given.json<string>()).toHaveLength(70_000);
  });

  test("takes no more than its bound, and none from others than machines", async () => {
    expect((await send(2 * 1024 * 1024 + 1)).statusCode).toBe(413);
    expect((await tested.ask("GET", "/benchmarks/network?bytes=1")).status).toBe(403);
  });

  test("is refused when a machine asks without end", async () => {
    const answers = [];
    for (let i = 0; i < 61; i++) answers.push((await send(1)).statusCode);
    expect(answers.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 200));
    expect(answers[60]).toBe(429);
  });
});

test("benchmarks can't be run on a machine that is not connected, nor by those who only look", async () => {
  expect(await tested.ask("POST", `/machines/${machine.id}/benchmarks`, { body: {} })).toMatchObject({
    body: { code: "machine-not-connected" },
  });
  expect((await tested.ask("GET", "/audit?what=benchmark.run")).body).toMatchObject({
    items: [{ who: "tester", machine: `web-${count}`, outcome: "refused" }],
  });
  const { token } = await tested.hub.access.issue({ kind: "user", name: "looker", role: "viewer" });
  const refused = await tested.app.inject({
    method: "POST",
    url: `/api/v1/machines/${machine.id}/benchmarks`,
    headers: { authorization: `Bearer ${token}` },
    payload: {},
  });
  expect(refused.statusCode).toBe(403);
});
