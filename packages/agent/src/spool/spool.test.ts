import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { microsPerSecond, type Batch, type Micros } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SpoolFullError } from "./lane.ts";
import { Spool, type SpoolLimits } from "./spool.ts";

const day = 86_400 * microsPerSecond;
const wide = { memberBytes: 1e9, decodedBytes: 1e9, batches: 1e6 };

let folder: string;
let now: Micros;
let spools: Spool[];
let warnings: string[];
let mounted: string | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-spool-"));
  now = Date.UTC(2026, 10, 23) * 1000;
  spools = [];
  warnings = [];
  mounted = null;
});

afterEach(async () => {
  for (const spool of spools) await spool.close();
  if (mounted) execFileSync("umount", ["-l", mounted]);
  await rm(folder, { recursive: true, force: true });
});

async function open(limits: Partial<SpoolLimits> = {}, path = folder): Promise<Spool> {
  let seed = spools.length + 1;
  const spool = await Spool.open({
    folder: path,
    limits: {
      maxBytes: 64 * 1024 * 1024,
      maxAgeSeconds: 7 * 86_400,
      graceSeconds: 3600,
      graceBytes: 1e9,
      ...limits,
    },
    now: () => now,
    random: () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647,
    onFatal: (error) => {
      throw error;
    },
    warn: (text) => warnings.push(text),
  });
  spools.push(spool);
  return spool;
}

const run = (id: string) => ({ id });
/** Does not compress. */
const heavy = (bytes: number) =>
  Array.from({ length: bytes / 8 }, () => Math.random().toString(36).slice(2, 10)).join("");

async function batches(spool: Spool): Promise<Batch[]> {
  const parts = await spool.nextParts(wide);
  return parts.flatMap((part) =>
    part.batches.map(({ member }) => JSON.parse(gunzipSync(member).toString()) as Batch),
  );
}

async function ids(spool: Spool): Promise<string[]> {
  return (await batches(spool)).flatMap((one) =>
    one.kind === "executions" ? one.executions.map((execution) => (execution as { id: string }).id) : [],
  );
}

async function segments(kind = "executions"): Promise<string[]> {
  return (await readdir(join(folder, kind))).toSorted().map((name) => join(folder, kind, name));
}

async function confirmAll(spool: Spool): Promise<void> {
  const last = (await batches(spool)).map(({ stream, sequence }) => ({ stream, sequence }));
  await spool.reconcile({ epoch: "e", marks: last });
}

test("what was appended is there after a start, with its sequences in order", async () => {
  const first = await open();
  await Promise.all(["a", "b", "c"].map((id) => first.appendExecutions([run(id)], [`${id}.end`])));
  await first.appendSamples({ series: [] }, 0);
  await first.close();
  const second = await open();
  await second.appendExecutions([run("d")], []);
  expect((await batches(second)).map(({ kind, sequence }) => [kind, sequence])).toEqual([
    ["executions", 1],
    ["executions", 2],
    ["executions", 3],
    ["executions", 4],
    ["samples", 1],
  ]);
  expect(await ids(second)).toEqual(["a", "b", "c", "d"]);
  expect([...second.recoveredSources]).toEqual(["a.end", "b.end", "c.end"]);
});

test("a batch's bytes are the same at each attempt, also after a start", async () => {
  const first = await open();
  await first.appendExecutions([run("a")], []);
  const [before] = await first.nextParts(wide);
  await first.close();
  const [after] = await (await open()).nextParts(wide);
  expect(after!.batches[0]!.member.equals(before!.batches[0]!.member)).toBe(true);
});

test("half a record at the end is cut off and its sequence used again", async () => {
  const first = await open();
  await first.appendExecutions([run("a")], []);
  await first.appendExecutions([run("b")], []);
  await first.close();
  const [path] = await segments();
  const whole = await readFile(path!);
  await writeFile(path!, whole.subarray(0, whole.length - 7));
  const second = await open();
  await second.appendExecutions([run("c")], []);
  expect(await ids(second)).toEqual(["a", "c"]);
  expect((await batches(second)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(warnings).toEqual([]);
});

test.each([
  ["at recovery", true],
  ["while it runs", false],
])(
  "a damaged record met %s is set aside with its segment and told as dropped, the others are kept",
  async (_when, restart) => {
    let spool = await open();
    for (const id of ["a", "b", "c"]) await spool.appendExecutions([run(id)], []);
    if (restart) await spool.close();
    const [path] = await segments();
    const bytes = await readFile(path!);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await writeFile(path!, bytes);
    if (restart) spool = await open();
    const sent = await batches(spool);
    expect(
      sent.map(({ sequence, dropped }) => [sequence, dropped?.map((d) => [d.fromSequence, d.toSequence])]),
    ).toEqual([
      [1, undefined],
      [2, [[2, 2]]],
      [3, undefined],
    ]);
    expect(await ids(spool)).toEqual(["a", "c"]);
    expect(await readdir(join(folder, "quarantine"))).toHaveLength(1);
    expect(warnings.join()).toContain("damaged spool file set aside");
    // The stream that was damaged takes no more.
    await spool.appendExecutions([run("d")], []);
    expect(new Set((await batches(spool)).map(({ stream }) => stream)).size).toBe(2);
  },
);

test("rubbish in the spool's folder is set aside and never keeps it from starting", async () => {
  await mkdir(join(folder, "executions"), { recursive: true });
  await writeFile(join(folder, "executions", "rubbish"), "rubbish");
  await writeFile(
    join(folder, "executions", "executions-aaaaaaaaa-bbbbbbbb.000000000000001.segment"),
    "rubbish",
  );
  await writeFile(join(folder, "executions", "executions-aaaaaaaaa-bbbbbbbb.000000000000002.segment"), "");
  await writeFile(join(folder, "marks.json"), "{");
  const spool = await open();
  await spool.appendExecutions([run("a")], []);
  expect(await ids(spool)).toEqual(["a"]);
  expect(await readdir(join(folder, "quarantine"))).toHaveLength(2);
});

test("past its bound the oldest samples go first, then executions, and each gap is recorded in its stream", async () => {
  const spool = await open({ maxBytes: 1024 * 1024 });
  await spool.appendExecutions([run("first")], []);
  for (let index = 0; index < 60; index++) await spool.appendSamples({ computer: heavy(40_000) }, 10);
  expect(spool.bytes).toBeLessThanOrEqual(1024 * 1024);
  const samples = (await batches(spool)).filter(({ kind }) => kind === "samples");
  const [gap] = samples;
  const [dropped] = gap!.dropped!;
  expect(dropped).toMatchObject({ fromSequence: 1, toSequence: gap!.sequence, reason: "spool-full" });
  expect(samples[1]!.sequence).toBe(gap!.sequence + 1);
  expect(samples.at(-1)!.sequence).toBe(60);
  expect(dropped!.rows).toBe(gap!.sequence * 10);
  expect(spool.dropped.get("spool-full")).toBe(dropped!.rows);
  expect(await ids(spool)).toEqual(["first"]);
  for (let index = 0; index < 60; index++) await spool.appendExecutions([{ id: heavy(40_000) }], []);
  expect(spool.bytes).toBeLessThanOrEqual(1024 * 1024);
  expect((await batches(spool)).find(({ kind }) => kind === "executions")!.dropped![0]!.fromSequence).toBe(1);
});

test("samples that are too old are dropped, executions are kept", async () => {
  const spool = await open();
  await spool.appendSamples({ computer: 1 }, 3);
  await spool.appendExecutions([run("old")], []);
  await spool.close();
  now += 8 * day;
  const later = await open();
  await later.keepBounds();
  expect(later.dropped).toEqual(new Map([["too-old", 3]]));
  const sent = await batches(later);
  expect(sent.map(({ kind, dropped }) => [kind, dropped?.[0]?.reason])).toEqual([
    ["executions", undefined],
    ["samples", "too-old"],
  ]);
});

test("what the hub confirmed is kept for the grace period and sent again when the hub falls back", async () => {
  const first = await open({ graceSeconds: 100 });
  await first.appendExecutions([run("a")], []);
  await first.close();
  const spool = await open({ graceSeconds: 100 });
  await spool.appendExecutions([run("b")], []);
  const [{ stream }] = (await batches(spool)) as [Batch];
  await spool.reconcile({ epoch: "e", marks: [{ stream, sequence: 2 }] });
  await spool.keepBounds();
  expect(await ids(spool)).toEqual([]);
  await spool.reconcile({ epoch: "e", marks: [{ stream, sequence: 1 }] });
  expect(await ids(spool)).toEqual(["b"]);
  await spool.reconcile({ epoch: "another", marks: [] });
  expect(await ids(spool)).toEqual(["a", "b"]);
});

test("after the grace period confirmed segments go, and a hub that falls back then is told of the hole", async () => {
  const first = await open();
  await first.appendExecutions([run("a")], []);
  await first.close();
  const spool = await open({ graceSeconds: 100 });
  await spool.appendExecutions([run("b")], []);
  await confirmAll(spool);
  now += 101 * microsPerSecond;
  await spool.keepBounds();
  expect(await segments()).toHaveLength(1);
  await spool.reconcile({ epoch: "another", marks: [] });
  const sent = await batches(spool);
  expect(sent.map(({ sequence, dropped }) => [sequence, dropped?.[0]])).toEqual([
    [1, { fromSequence: 1, toSequence: 1, reason: "lost", rows: 0 }],
    [2, undefined],
  ]);
});

test("a hub that knows the stream further than this spool does makes it start a new one", async () => {
  const spool = await open();
  await spool.appendExecutions([run("a")], []);
  const [{ stream }] = (await batches(spool)) as [Batch];
  await spool.reconcile({ epoch: "e", marks: [{ stream, sequence: 7 }] });
  await spool.appendExecutions([run("b")], []);
  const [next] = (await batches(spool)) as [Batch];
  expect(next.sequence).toBe(1);
  expect(next.stream).not.toBe(stream);
});

test("live data goes before a sealed backlog", async () => {
  const spool = await open();
  await spool.appendExecutions([run("old")], []);
  now += 120 * microsPerSecond;
  spool.sealBacklog(60);
  await spool.appendExecutions([run("live")], []);
  expect(await ids(spool)).toEqual(["live", "old"]);
});

test("an upload keeps to its bounds and goes on where it ended", async () => {
  const spool = await open();
  for (const id of ["a", "b", "c"]) await spool.appendExecutions([run(id)], []);
  const [part] = await spool.nextParts({ ...wide, batches: 2 });
  expect(part!.batches.map(({ sequence }) => sequence)).toEqual([1, 2]);
  await spool.confirm([{ stream: part!.stream, sequence: 2 }]);
  expect(await ids(spool)).toEqual(["c"]);
  const [small] = await spool.nextParts({ ...wide, memberBytes: 1 });
  expect(small!.batches).toHaveLength(1);
});

test.skipIf(process.getuid?.() !== 0)(
  "on a full disk samples are dropped and counted, executions wait for room, nothing breaks",
  async () => {
    mounted = join(folder, "disk");
    await mkdir(mounted);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", mounted]);
    const spool = await open({}, join(mounted, "spool"));
    await spool.appendExecutions([run("a")], []);
    const filler = join(mounted, "filler");
    for (let room = 1; room > 0;) {
      const { bavail, bsize } = await statfs(mounted);
      room = bavail;
      if (room > 0) await appendFile(filler, Buffer.alloc(room * bsize));
    }
    await spool.appendSamples({ computer: heavy(80_000) }, 5);
    expect(spool.dropped).toEqual(new Map([["disk-full", 5]]));
    await expect(spool.appendExecutions([{ id: heavy(80_000) }], [])).rejects.toThrow(SpoolFullError);
    await rm(filler);
    await spool.appendExecutions([run("b")], []);
    await spool.appendSamples({ computer: 1 }, 1);
    expect(await ids(spool)).toEqual(["a", "b"]);
    expect((await batches(spool)).map(({ sequence }) => sequence)).toEqual([1, 2, 1]);
    expect(await stat(filler).catch(() => null)).toBeNull();
  },
);
