import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { testTerminal } from "../testing/terminal.ts";
import { commands } from "./index.ts";

test("the list of commands names every file of its folder, and nothing else", async () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name !== "index.ts" && !name.endsWith(".test.ts"))
    .map((name) => name.replace(/[.]ts$/, ""));
  expect([...commands.keys()].toSorted()).toEqual(files.toSorted());
  for (const [name, load] of commands) expect((await load())(testTerminal()).name()).toBe(name);
});
