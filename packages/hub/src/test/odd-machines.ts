/**
 * Machines with data that a store may hold and nobody thinks of: nothing but zeros, the largest numbers there are, one single
 * run, all at one moment, what lies ahead, families in circles, names that mean something to a program.
 */
import { formatInstant, parseInstant, requestDurationMetric } from "@culprit/protocol";
import type { HubUnderTest } from "./hub-under-test.ts";
import { executionBatch, machineUnderTest, sampleBatch } from "./machine-under-test.ts";

export const oddNow = "2026-11-23T03:00:00Z";

const now = parseInstant(oddNow)!;
const second = 1_000_000;
const day = 86_400 * second;
const most = 1e18;
const whole = Number.MAX_SAFE_INTEGER;

const instantOf = (offset: number) => formatInstant(now + offset);

type Run = Record<string, unknown>;
const run = (process: string, start: number, seconds: number | null, more: Run = {}): Run => ({
  id: `${process.replaceAll(/[^\w]/g, "")}-${start}`,
  process,
  kind: "cron",
  startedAt: instantOf(start),
  ...(seconds === null ? {} : { endedAt: instantOf(start + Math.round(seconds * second)) }),
  ...more,
});
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const everything = {
  cpuSeconds: most,
  maxRssBytes: whole,
  ioReadBytes: whole,
  ioWriteBytes: whole,
  peakCpuCores: most,
  peakIoBytesPerSecond: most,
  runQueueSeconds: most,
};
const nothing = {
  cpuSeconds: 0,
  maxRssBytes: 0,
  ioReadBytes: 0,
  ioWriteBytes: 0,
  peakCpuCores: 0,
  peakIoBytesPerSecond: 0,
  runQueueSeconds: 0,
};

const runsOf: Record<string, Run[]> = {
  zeros: times(40, (n) =>
    run("instant", -n * 60 * second, 0, { id: n === 0 ? "instant" : `instant-${n}`, ...nothing }),
  ),
  single: [run("once", -3600 * second, 5, { id: "once", ...everything, output: "x".repeat(10_000) })],
  huge: [
    run("endless", -9 * 365 * day, 9 * 365 * 86_400, everything),
    ...times(12, (n) => run("years", -9.5 * 365 * day + n * second, 9 * 365 * 86_400, everything)),
    run("under way", -9 * 365 * day, null),
  ],
  // Many at one moment and one long before, a steep growth, and the same run again and again.
  bursts: [
    run("burst", -20 * day, 1),
    ...times(400, (n) => run("burst", -2 * day + n, 10 + n)),
    ...times(400, (n) => run("growing", -16 * day + n * 3456 * second, 2 ** (n / 30))),
    ...times(30, (n) => run("same", -day, 1, { id: `same-${n}` })),
  ],
  future: times(20, (n) => run("ahead", 3600 * second * n, n, { flags: ["clock-skew"] })),
  slow: [
    // Runs that are parts of each other, of themselves, of none that is known, or of one that ended before.
    run("loop", -600 * second, 60, { id: "a", parentId: "b" }),
    run("loop", -590 * second, 60, { id: "b", parentId: "a" }),
    run("own", -580 * second, 60, { id: "c", parentId: "c", step: "own" }),
    run("orphan", -570 * second, 60, { id: "d", parentId: "nobody", step: "own" }),
    run("ends first", -600 * second, 1, { id: "e" }),
    run("ends first", -500 * second, 100, { id: "f", parentId: "e", step: "late" }),
    ...times(30, (n) => run("steady", -(40 - n) * 600 * second, 10 + (n % 3), nothing)),
    ...times(30, (n) => run("beside", -(40 - n) * 600 * second, 10 + (n % 3), everything)),
    run("steady", -1000 * second, 300, { id: "slow", ...nothing }),
    run("stress", -1000 * second, 300, { id: "stress", ...everything }),
    run("steady", -600 * second, null, { id: "late" }),
    run("steady", -650 * second, 400, { id: "unknown", flags: ["duration-unknown"], outcome: "lost" }),
    run("steady", -660 * second, 400, { id: "failed", exitCode: 1 }),
  ],
  names: ["__proto__", "constructor", "m_1", "p_99999999", "()", "ſ", "İ", "a".repeat(200)].map((process) =>
    run(process, -3600 * second, 5, { id: `n-${process.length}-${process.codePointAt(0)}` }),
  ),
  web: times(50, (n) => run("shop", -n * 60 * second, n / 1000, { kind: "web", exitCode: n % 2 })),
};

const gauge = (metric: string, attributes = {}, unit = "1") => ({ metric, attributes, unit, type: "gauge" });
const counter = (metric: string, attributes = {}, unit = "s") => ({
  metric,
  attributes,
  unit,
  type: "counter",
});
const series = [
  ...["user", "system", "idle", "iowait", "steal"].map((mode) =>
    gauge("system.cpu.utilization", { "cpu.mode": mode }),
  ),
  ...["some", "full"].map((stall) => gauge("system.linux.pressure", { resource: "cpu", stall })),
  gauge("system.memory.utilization"),
  gauge("system.filesystem.utilization", { mountpoint: "/" }),
  gauge("culprit.agent.sampling.factor"),
  gauge("culprit.benchmark.score", { benchmark: "cpu-integer", instrument: "1" }, "op/s"),
  gauge("culprit.benchmark.score", { benchmark: "disk-read", instrument: "2" }, "By/s"),
  gauge("culprit.benchmark.score", { benchmark: "unheard-of" }, "By/s"),
  gauge("culprit.check.value", { check: "c_1", label: "" }, ""),
  counter("system.linux.run_queue.wait"),
  counter("system.disk.io", { "system.device": "sda", "disk.io.direction": "read" }, "By"),
  counter("system.disk.io_time", { "system.device": "sda" }),
  counter("culprit.user.cpu.time", { user: "root" }),
  ...["0.1", "inf", "unknown", "abc", "-1", "1e999"].map((upper) =>
    counter(requestDurationMetric, { "culprit.process": "shop", "bucket.upper": upper }, "{request}"),
  ),
];

type Point = [series: number, at: number, value: number, intervalSeconds: number];
/** At some instants all series of one value. */
const points = (offsets: readonly number[], value: (n: number) => number, interval: number): Point[] =>
  offsets.flatMap((offset, n) =>
    series.map(({ type }, index): Point => [index, now + offset, value(n), type === "gauge" ? 0 : interval]),
  );
const offsets = (count: number, seconds: number) => times(count, (n) => -(count - n) * seconds * second);
const pointsOf: Record<string, Point[]> = {
  zeros: points(offsets(60, 60), () => 0, 60),
  single: points([-10 * second], () => 1e-300, 0.001),
  huge: points(offsets(60, 10), (n) => (n % 2 ? most : -most), 0.001),
  bursts: points(
    times(50, (n) => -3600 * second + n),
    (n) => n,
    1,
  ),
  future: points(
    times(20, (n) => n * 3600 * second),
    () => 0.5,
    60,
  ),
  slow: points(offsets(400, 30), (n) => (n > 350 ? 0.01 : 1), 30),
  web: points(offsets(40, 60), () => most, 60),
  names: points([-9 * 365 * day, -300 * second, 0], () => -1, 366 * 86_400),
};

const osProcessesOf = (
  given: { at: number; uid: string; amount: number; bytes: number; name?: string }[],
) => {
  const column = <T>(of: (row: (typeof given)[number]) => T): T[] => given.map(of);
  return {
    at: column(({ at }) => at),
    intervalSeconds: column(({ amount }) => amount),
    uid: column(({ uid }) => uid),
    pid: column(() => 2 ** 31 - 1),
    parentPid: column(() => 0),
    name: column(({ name = "" }) => name),
    user: column(() => ""),
    startedAt: column(({ bytes }) => bytes),
    cpuSeconds: column(({ amount }) => amount),
    cpuPercent: column(({ amount }) => amount),
    cpuTotalSeconds: column(({ amount }) => amount),
    threads: column(() => 0),
    rssBytes: column(({ bytes }) => bytes),
    memoryPercent: column(({ amount }) => amount),
    ioReadBytes: column(({ bytes }) => (bytes === 0 ? null : bytes)),
    ioWriteBytes: column(({ bytes }) => bytes),
    ioOperations: column(({ bytes }) => bytes),
    runQueueSeconds: column(({ amount }) => amount),
  };
};
const osProcesses: Record<string, object> = {
  zeros: osProcessesOf(times(30, (n) => ({ at: now - n * 60 * second, uid: "u1", amount: 0, bytes: 0 }))),
  huge: osProcessesOf(
    times(30, (n) => ({ at: now - n * 60 * second, uid: `u${n % 2}`, amount: most, bytes: whole })),
  ),
  slow: osProcessesOf(
    times(800, (n) => ({
      at: now - (n >> 1) * 60 * second,
      uid: `u${n % 2}`,
      amount: n % 7 ? 60 : 1e-9,
      bytes: n % 3 ? 1 : whole,
      name: "sort",
    })),
  ),
};

const computer = (more: object) => ({
  hostName: "",
  timeZone: "",
  os: "",
  kernel: "",
  architecture: "",
  bootId: "",
  bootedAt: -1,
  cpuCores: 0,
  cpuModel: "",
  cpuMegahertz: null,
  memoryBytes: 0,
  swapBytes: 0,
  partitions: [],
  agentVersion: "",
  capabilities: [],
  ...more,
});
const computers: Record<string, object> = {
  zeros: computer({}),
  huge: computer({ timeZone: "Nowhere/Land", cpuCores: whole, memoryBytes: whole, cpuMegahertz: 1e300 }),
  slow: computer({ timeZone: "America/Sao_Paulo", cpuCores: 2, memoryBytes: 2 ** 33 }),
};

/** Enrols them and uploads what they have, which the hub takes whole; one of them is then removed. */
export async function oddMachines(tested: HubUnderTest): Promise<void> {
  for (const name of Object.keys(runsOf)) {
    const machine = await machineUnderTest(tested, name);
    const { acknowledgements } = await machine.upload(
      sampleBatch(1, {
        series,
        points: columnsOf(pointsOf[name] ?? []),
        osProcesses: osProcesses[name],
        computer: computers[name],
        checkResults: await checked(tested, name),
      }),
      executionBatch(1, runsOf[name]!),
    );
    const refused = acknowledgements.filter(
      ({ status, rejected }) => status !== "stored" || rejected.length > 0,
    );
    if (refused.length > 0) throw new Error(`${name}: ${JSON.stringify(refused).slice(0, 500)}`);
  }
  await expectations(tested);
  await ask(tested, "DELETE", "/machines/future");
}

const columnsOf = (samples: readonly Point[]) => ({
  series: samples.map(([of]) => of),
  at: samples.map(([, at]) => at),
  value: samples.map(([, , value]) => value),
  intervalSeconds: samples.map(([, , , interval]) => interval),
});

/** Results of a check of this machine. */
async function checked(tested: HubUnderTest, machine: string) {
  const wish = { name: `check of ${machine}`, machine, target: { kind: "memory" }, retries: 0 };
  const { id } = (await ask(tested, "POST", "/checks", wish)) as { id: string };
  const results = times(6, (n) => ({ at: now - n * 600 * second, state: n % 4 }));
  const numbers = [{ label: "", value: -1e308, unit: "" }];
  return {
    check: results.map(() => id),
    at: results.map(({ at }) => at),
    state: results.map(({ state }) => state),
    durationSeconds: results.map(() => most),
    text: results.map(() => ""),
    numbers: results.map(() => JSON.stringify(numbers)),
  };
}

/** What is expected of them, planned for them, and said by them without an agent. */
async function expectations(tested: HubUnderTest): Promise<void> {
  const wishes = [
    { process: "steady", machine: "slow", everySeconds: 1, graceSeconds: 0 },
    { process: "beside", machine: "slow", cron: "* * * * *", maxSeconds: 1 },
    { process: "never", machine: "single", cron: "0 0 29 2 *" },
    { process: "under way", machine: "huge", cron: "@yearly", timeZone: "UTC", minSeconds: 366 * 86_400 },
    { process: "instant", machine: "zeros", everySeconds: 366 * 86_400, graceSeconds: 366 * 86_400 },
    { process: "ahead", machine: "future", cron: "@hourly" },
  ];
  for (const wish of wishes) await ask(tested, "PUT", "/expectations", wish);
  for (const process of ["nightly", "__proto__"])
    await ask(tested, "POST", "/checkins", { machine: "single", process });
  const plans = [
    { kind: "once", from: "1900-01-01T00:00:00Z", to: "1900-01-02T00:00:00Z" },
    { kind: "once", from: "9999-12-31T00:00:00Z", to: "9999-12-31T23:59:59.999999Z" },
    { kind: "weekly", days: [1, 7], start: "23:59", minutes: 7 * 1440, timeZone: "Pacific/Apia" },
  ];
  for (const schedule of plans) await ask(tested, "POST", "/maintenance", { name: "planned", schedule });
  await tested.hub.sweep.tick();
  await tested.hub.checks.settle();
}

async function ask(
  tested: HubUnderTest,
  method: "POST" | "PUT" | "DELETE",
  url: string,
  body?: object,
): Promise<unknown> {
  const answer = await tested.ask(method, url, body ? { body } : {});
  if (answer.status >= 300) throw new Error(`${method} ${url}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
