import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { BatchResult, DirectExecutions, IntakeBatch } from "../store/store.ts";
import { GroupCommit } from "./group-commit.ts";

/** How many batches and direct entries each commit took. */
let commits: [batches: number, direct: number][];
let group: GroupCommit;

beforeEach(() => {
  commits = [];
  const commit = async (batches: readonly IntakeBatch[], direct: readonly DirectExecutions[]) => {
    commits.push([batches.length, direct.length]);
    return {
      batches: batches.map(({ sequence }): BatchResult => ({ status: "refused", detail: `${sequence}` })),
      direct: direct.map(() => ({ status: "stored" as const, accepted: 1, duplicates: 0 })),
    };
  };
  group = new GroupCommit({ commit }, pino({ level: "silent" }), () => {});
});

const batch = (sequence: number): IntakeBatch => ({
  machineId: 1,
  stream: "stream-one",
  sequence,
  digest: "",
  dropped: [],
  receivedAt: 0,
  executions: [],
  points: null,
  osProcesses: null,
  computer: null,
  deadLetters: [],
});

test("the first upload is committed at once, those that follow wait a moment for each other", async () => {
  const first = await group.batches([batch(1)]);
  expect(first).toMatchObject([{ detail: "1" }]);
  const others = await Promise.all([2, 3, 4].map((sequence) => group.batches([batch(sequence)])));
  expect(others.flat()).toMatchObject([{ detail: "2" }, { detail: "3" }, { detail: "4" }]);
  expect(commits).toEqual([
    [1, 0],
    [3, 0],
  ]);
});

test("who posted directly waits for nobody, and takes along what waits", async () => {
  await group.batches([batch(1)]);
  const upload = group.batches([batch(2)]);
  const begun = performance.now();
  await group.direct({ executions: [], receivedAt: 0 });
  expect(performance.now() - begun).toBeLessThan(100);
  await upload;
  expect(commits).toEqual([
    [1, 0],
    [1, 1],
  ]);
});

test("a commit takes so much and no more, and a full one waits for nothing", async () => {
  const begun = performance.now();
  const all = Array.from({ length: 2201 }, (_, sequence) => group.batches([batch(sequence)]));
  await Promise.all(all.slice(0, 1000));
  expect(performance.now() - begun).toBeLessThan(150);
  await Promise.all(all);
  expect(commits).toEqual([
    [1000, 0],
    [1000, 0],
    [201, 0],
  ]);
});
