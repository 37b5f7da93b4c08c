import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { sourceKinds } from "./index.ts";

test("the list of sources names every file of its folder, and nothing else", () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name !== "index.ts" && !name.endsWith(".test.ts"))
    .map((name) => name.replace(/[.]ts$/, ""));
  expect(sourceKinds.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
});
