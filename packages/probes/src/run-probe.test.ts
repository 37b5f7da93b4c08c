import { expect, test } from "vitest";
import { runProbe } from "./run-probe.ts";

const open = { mayReach: () => true, leave: "machine" as const };

test("what never ends, and does not hear that its time is up, is critical in time", async () => {
  const result = await runProbe(() => new Promise(() => {}), { ...open, timeoutSeconds: 0.1 });
  expect(result).toMatchObject({ state: "critical", text: "no answer within 0.1 s", numbers: [] });
  expect(result.durationSeconds).toBeLessThan(1);
});

test("it resolves when nobody waits any more", async () => {
  const stopping = new AbortController();
  const result = runProbe(() => new Promise(() => {}), {
    ...open,
    timeoutSeconds: 300,
    signal: stopping.signal,
  });
  stopping.abort();
  expect((await result).state).toBe("unknown");
});

test.each([1.001, 1.0005, 0.1])("%d seconds are a time-out like any other", async (timeoutSeconds) => {
  const well = () => Promise.resolve({ state: "ok" as const, text: "well", numbers: [] });
  const result = await runProbe(well, { ...open, timeoutSeconds });
  expect(result).toMatchObject({ state: "ok" });
});

test("one that throws before it begins is a result, too", async () => {
  const result = await runProbe(
    () => {
      throw new Error("broke");
    },
    { ...open, timeoutSeconds: 1 },
  );
  expect(result).toMatchObject({ state: "unknown", text: "the probe failed: broke" });
});
