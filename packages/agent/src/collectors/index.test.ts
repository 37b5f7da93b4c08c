import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { collectors } from "./index.ts";

test("the list holds every file of the folder", () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file !== "index.ts" && !file.endsWith(".test.ts"))
    .map((file) => file.replace(".ts", ""));
  const names = collectors.map((create) =>
    create.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
  expect(names.toSorted()).toEqual(files.toSorted());
});
