import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

const nothing = (): void => undefined;

/** Work that goes on until it is told. */
function work(begun: string[], name: string) {
  let finish = nothing;
  const until = new Promise<void>((resolve) => (finish = resolve));
  return {
    finish: () => finish(),
    run: async () => {
      begun.push(name);
      await until;
      return name;
    },
  };
}

test("so much is done at once, the rest in the order in which it came, and too much is refused", async () => {
  const turns = new Turns({ atOnce: 2, mostWaiting: 2 });
  const begun: string[] = [];
  const works = ["a", "b", "c", "d"].map((name) => work(begun, name));
  const answers = works.map(({ run }) => turns.run(run));
  await expect(turns.run(async () => "e")).rejects.toMatchObject({ problem: { code: "overloaded" } });
  expect(begun).toEqual(["a", "b"]);
  works[1]!.finish();
  expect(await answers[1]).toBe("b");
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual(["a", "b", "c"]);
  for (const { finish } of works) finish();
  expect(await Promise.all(answers)).toEqual(["a", "b", "c", "d"]);
});

test("work whose caller has left is not begun and leaves its place; one that failed too", async () => {
  const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
  const begun: string[] = [];
  const [first, left, last] = ["first", "left", "last"].map((name) => work(begun, name));
  const gone = new AbortController();
  const running = turns.run(async () => {
    await first!.run();
    throw new Error("the disk broke");
  });
  const leaving = turns.run(left!.run, gone.signal);
  gone.abort();
  await expect(leaving).rejects.toMatchObject({ problem: { code: "overloaded" } });
  const waiting = turns.run(last!.run);
  first!.finish();
  last!.finish();
  await expect(running).rejects.toThrow("the disk broke");
  expect(await waiting).toBe("last");
  expect(begun).toEqual(["first", "last"]);
});

test("who has left before it came to a turn begins nothing, also while nobody else is there", async () => {
  const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
  const begun: string[] = [];
  const { run } = work(begun, "late");
  await expect(turns.run(run, AbortSignal.abort())).rejects.toMatchObject({
    problem: { code: "overloaded" },
  });
  expect(await turns.run(async () => "next")).toBe("next");
  expect(begun).toEqual([]);
});
