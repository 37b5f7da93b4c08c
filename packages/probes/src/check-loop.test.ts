import { expect, test } from "vitest";
import { CheckLoop } from "./check-loop.ts";

const second = 1_000_000;

function looped(options: { atOnce?: number; again?: (id: string) => boolean } = {}) {
  let now = 1_800_000_000 * second;
  const runs: { id: string; at: number }[] = [];
  const waiting = new Map<string, () => void>();
  const held = new Set<string>();
  const loop = new CheckLoop<{ id: string; intervalSeconds: number; lastAt?: number }>({
    now: () => now,
    atOnce: options.atOnce ?? 10,
    async run({ id }) {
      runs.push({ id, at: now / second });
      if (held.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      return { again: options.again?.(id) ?? false };
    },
  });
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) {
      now += second;
      loop.tick();
      await Promise.resolve().then(() => new Promise(setImmediate));
    }
  };
  const shift = (seconds: number): number => (now += seconds * second);
  return { loop, runs, pass, shift, held, release: (id: string) => waiting.get(id)!() };
}

test("each check runs once an interval, on a phase of its own that a new list does not move", async () => {
  const { loop, runs, pass } = looped({ atOnce: 1000 });
  const checks = Array.from({ length: 200 }, (_, index) => ({ id: `k_${index}`, intervalSeconds: 60 }));
  loop.set(checks);
  await pass(60);
  loop.set(checks.map((check) => ({ ...check })));
  await pass(120);
  const of = (id: string) => runs.filter((run) => run.id === id).map(({ at }) => at);
  for (const { id } of checks) {
    // Once at once, being new; then each minute.
    const [, ...regular] = of(id);
    expect(regular.length).toBeGreaterThanOrEqual(2);
    for (let index = 1; index < regular.length; index++)
      expect(regular[index]! - regular[index - 1]!).toBe(60);
  }
  const seconds = new Set(checks.map(({ id }) => of(id)[1]! % 60));
  expect(seconds.size).toBeGreaterThan(40);
});

test("one that takes long is not started again meanwhile, and no more run at once than may", async () => {
  const { loop, runs, pass, held, release } = looped({ atOnce: 1 });
  held.add("slow");
  loop.set([{ id: "slow", intervalSeconds: 5 }]);
  await pass(20);
  expect(runs).toHaveLength(1);
  loop.set([
    { id: "slow", intervalSeconds: 5 },
    { id: "other", intervalSeconds: 5 },
  ]);
  await pass(10);
  expect(runs.map(({ id }) => id)).toEqual(["slow"]);
  held.clear();
  release("slow");
  await pass(10);
  expect(runs.filter(({ id }) => id === "other").length).toBeGreaterThanOrEqual(1);
});

test("a result that is not believed yet is looked for again soon", async () => {
  let bad = true;
  const { loop, runs, pass } = looped({ again: () => bad });
  loop.set([{ id: "a", intervalSeconds: 300 }]);
  await pass(13);
  expect(runs).toHaveLength(3);
  bad = false;
  await pass(100);
  expect(runs.length).toBeLessThanOrEqual(5);
});

test("what is taken from the list runs no more", async () => {
  const { loop, runs, pass } = looped();
  loop.set([{ id: "a", intervalSeconds: 5 }]);
  await pass(1);
  loop.set([]);
  await pass(30);
  expect(runs).toHaveLength(1);
  await loop.settled();
});

test("more than run at once in a second are all run, the next as soon as one ends", async () => {
  const { loop, runs, pass } = looped({ atOnce: 2 });
  loop.set(Array.from({ length: 100 }, (_, index) => ({ id: `c_${index}`, intervalSeconds: 5 })));
  await pass(6);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(100);
  await loop.settled();
});

test("where there is no time for all, short intervals wait no longer than long ones", async () => {
  const { loop, runs, pass, held, release } = looped({ atOnce: 1 });
  const slow = Array.from({ length: 6 }, (_, index) => ({ id: `slow_${index}`, intervalSeconds: 60 }));
  loop.set([...slow, { id: "quick", intervalSeconds: 5 }]);
  await pass(1);
  runs.length = 0;
  for (const { id } of slow) held.add(id);
  // One place, and each of the slow ones takes a fifth of its own interval.
  for (let second = 0; second < 120; second++) {
    await pass(1);
    const last = runs.at(-1)?.id;
    if (second % 12 === 11 && last?.startsWith("slow")) release(last);
  }
  expect(runs.filter(({ id }) => id === "quick").length).toBeGreaterThanOrEqual(5);
});

test("a clock that is set back delays nothing, and what somebody else has run is not due", async () => {
  const { loop, runs, pass, shift } = looped();
  const check = { id: "a", intervalSeconds: 60 };
  const lastAt = shift(0);
  loop.set([check]);
  await pass(1);
  shift(-3600);
  for (let passed = 0; passed < 60; passed++) {
    loop.set([{ ...check, lastAt }]);
    await pass(1);
  }
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(runs.length).toBeLessThanOrEqual(3);
  const before = runs.length;
  loop.set([{ ...check, lastAt: shift(60) }]);
  await pass(1);
  expect(runs).toHaveLength(before);
});
