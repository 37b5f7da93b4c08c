import { expect, test } from "vitest";
import { AnalysisThread } from "./analysis-thread.ts";

const nothing = { spans: [{ from: 0, to: 1 }], values: new Float64Array(), isCount: new Uint8Array() };

test("what a thread was asked is answered before it retires; one that was closed refuses and starts no other", async () => {
  const thread = new AnalysisThread();
  let answered = 0;
  for (let task = 0; task < 3; task++) void thread.ask("compare", nothing).then(() => answered++);
  await thread.retire();
  expect(answered).toBe(3);
  await expect(thread.ask("compare", nothing)).rejects.toMatchObject({ problem: { code: "overloaded" } });
  const other = new AnalysisThread();
  const [outcome] = await Promise.allSettled([other.ask("compare", nothing), other.close()]);
  expect(outcome).toMatchObject({ status: "rejected", reason: { problem: { code: "overloaded" } } });
});

test("what can't be sent is refused, and nothing waits for an answer to it", async () => {
  const thread = new AnalysisThread();
  const { buffer } = new Float64Array(1);
  await expect(thread.ask("compare", nothing, [buffer, buffer])).rejects.toThrow(/duplicate/i);
  await thread.retire();
});
