import { expect, test } from "vitest";
import { CheckLoop } from "./check-loop.ts";

const second = 1_000_000;

function looped(options: { atOnce?: number; again?: (id: string) => boolean } = {}) {
  let now = 1_800_000_000 * second;
  const runs: { id: string; at: number }[] = [];
  const waiting = new Map<string, () => void>();
  const held = new Set<string>();
  const loop = new CheckLoop<{ id: string; intervalSeconds: number }>({
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
  return { loop, runs, pass, held, release: (id: string) => waiting.get(id)!() };
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
