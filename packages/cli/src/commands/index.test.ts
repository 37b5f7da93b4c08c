import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { testTerminal } from "../testing/terminal.ts";
import { commands } from "./index.ts";

test("the list of commands names every file of its folder, and nothing else", () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name !== "index.ts" && !name.endsWith(".test.ts"))
    .map((name) => name.replace(/[.]ts$/, ""));
  const names = commands.map((command) => command(testTerminal()).name());
  expect(names.toSorted()).toEqual(files.toSorted());
});
