import { expect, test } from "vitest";
import { executionRow, second, start } from "../store/suites/rows.ts";
import { leaveOutImplausible } from "./plausible-use.ts";

const computer = { cpuCores: 4, memoryBytes: 8e9 };

function checked(told: Parameters<typeof executionRow>[0], of: typeof computer | null = computer) {
  const row = executionRow({ flags: [], ...told });
  leaveOutImplausible(row, of);
  return row;
}

test("what four cores can do in the half minute of a run stays as it is", () => {
  const told = { cpuSeconds: 119, peakCpuCores: 4, maxRssBytes: 7e9, ioReadBytes: 2e9, runQueueSeconds: 900 };
  expect(checked(told)).toMatchObject({ ...told, flags: [] });
});

test("only the claims that can't be are left out, and the run is flagged once", () => {
  expect(checked({ cpuSeconds: 1e18, maxRssBytes: 9e9, ioWriteBytes: 5, peakCpuCores: 3 })).toMatchObject({
    cpuSeconds: null,
    maxRssBytes: null,
    ioWriteBytes: 5,
    peakCpuCores: 3,
    flags: ["use-implausible"],
  });
  expect(checked({ cpuSeconds: 249, flags: ["observed"] })).toMatchObject({
    cpuSeconds: null,
    flags: ["observed", "use-implausible"],
  });
});

test("of a machine that did not tell what it is, what no machine at all can do is left out", () => {
  const claimed = {
    cpuSeconds: 1e18,
    peakCpuCores: 1e4,
    maxRssBytes: 1e15,
    ioReadBytes: 9e15,
    ioWriteBytes: 9e15,
    peakIoBytesPerSecond: 1e15,
    runQueueSeconds: 1e12,
  };
  const nothing = Object.fromEntries(Object.keys(claimed).map((use) => [use, null]));
  expect(checked(claimed, null)).toMatchObject({ ...nothing, flags: ["use-implausible"] });
  expect(checked({ cpuSeconds: 100_000 }, null)).toMatchObject({ cpuSeconds: 100_000, flags: [] });
});

test("a run whose length is not known may have used much, but not any amount", () => {
  const going = { endedAt: null, outcome: "running", exitCode: null } as const;
  expect(checked({ ...going, cpuSeconds: 1e7 })).toMatchObject({ cpuSeconds: 1e7, flags: [] });
  const unseen = { endedAt: start + second, flags: ["duration-unknown" as const] };
  expect(checked({ ...unseen, cpuSeconds: 1e7 })).toMatchObject({ cpuSeconds: 1e7 });
  expect(checked({ ...unseen, cpuSeconds: 1e18 })).toMatchObject({ cpuSeconds: null });
});
