import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { benchmarkNames } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { benchmarks } from "./index.ts";

let folder: string;

beforeEach(() => {
  // Not the folder for temporary files, which may be in memory.
  folder = mkdtempSync(join(import.meta.dirname, "../../../", ".benchmark-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("every file of this folder is in the list, and the list has all that the protocol names but the network", () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.startsWith("index."))
    .map((file) => file.replace(".ts", ""));
  const names = benchmarks.map(({ name }) => name);
  expect(names.toSorted()).toEqual(files.toSorted());
  expect([...names, "network-up", "network-down"].toSorted()).toEqual([...benchmarkNames].toSorted());
});

test.each(benchmarks)("$name measures something, in its time and with bounded files", (benchmark) => {
  const begun = performance.now();
  const value = benchmark.run({ seconds: 0.05, folder });
  expect(value).toBeGreaterThan(100);
  expect(Number.isFinite(value)).toBe(true);
  expect(performance.now() - begun).toBeLessThan(5000);
  const bytes = readdirSync(folder).map((file) => statSync(join(folder, file)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(64 * 1024 * 1024);
  expect(benchmark.instrument()).toMatch(/^\d+( [a-z0-9]+-[\d.]+)?$/);
});
