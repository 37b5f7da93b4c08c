import { expect, test } from "vitest";
import type { CheckResultRow } from "../store/store.ts";
import { ResultWriter } from "./result-writer.ts";

const result = (checkId: number): CheckResultRow => ({
  checkId,
  at: 0,
  state: "ok",
  durationSeconds: 0,
  text: "",
  numbers: [],
  finding: null,
});

test("what comes during a commit goes into the next together; one that fails fails its own group alone", async () => {
  const groups: number[][] = [];
  let end = (_error?: Error): void => {};
  const writer = new ResultWriter({
    addResults(rows) {
      groups.push(rows.map(({ checkId }) => checkId));
      return new Promise((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
    },
  });
  const first = writer.write(result(1));
  await expect.poll(() => groups).toEqual([[1]]);
  const more = [writer.write(result(2)), writer.write(result(3))];
  expect(groups).toHaveLength(1);
  end();
  await first;
  await expect.poll(() => groups).toEqual([[1], [2, 3]]);
  const last = writer.write(result(4));
  end(new Error("full"));
  expect((await Promise.allSettled(more)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect.poll(() => groups).toHaveLength(3);
  end();
  await last;
});
