import { expect, test } from "vitest";
import type { ProcessDetail } from "@culprit/protocol";
import { changeColumns, changeRows, overlapText, trendText, weekLines } from "./history-text.ts";

const change = {
  at: "2026-05-21T01:00:00.000000Z",
  changePercent: 43.8,
  lowPercent: 38.1,
  highPercent: 49.6,
  medianBeforeSeconds: 500,
  medianAfterSeconds: 720,
  runsAfter: 11,
};

const machine = (more: Partial<ProcessDetail["perMachine"][number]> = {}) =>
  ({
    machine: "db1",
    changes: [change],
    trend: null,
    selfOverlap: { runs: 0, runsShare: 0, mostAtOnce: 1, seconds: 0 },
    ...more,
  }) as ProcessDetail["perMachine"][number];

test("a change is a row with its machine, size, bounds and both durations", () => {
  const [row] = changeRows([machine()]);
  const cells = changeColumns((instant) => instant.slice(0, 10), "UTC").map(({ cell }) => cell(row!));
  expect(cells).toEqual(["db1", "2026-05-21", "+44%", "+38% … +50%", "8 min 20 s", "12 min", "11"]);
});

test("a trend has its bounds, and what is not there is a dash", () => {
  const trend = { since: change.at, weeklyPercent: 3.04, lowPercent: -1.5, highPercent: 12 };
  expect(trendText(machine({ trend }))).toBe("+3% a week (-1.5% to +12%)");
  expect(trendText(machine())).toBe("–");
  expect(overlapText(machine())).toBe("–");
  expect(overlapText(machine({ selfOverlap: { runs: 3, runsShare: 0.05, mostAtOnce: 2, seconds: 9 } }))).toBe(
    "3 (5%)",
  );
});

test("a week is a line for each day and a block for each hour, the taller the more runs", () => {
  const counts = Array.from({ length: 168 }, (_, hour) => (hour === 3 ? 8 : hour === 30 ? 1 : 0));
  const [axis, monday, tuesday, ...others] = weekLines({
    zone: "UTC",
    counts,
    failures: counts,
    medianSeconds: counts,
  });
  expect(axis).toBe("    0     6     12    18");
  expect(monday).toBe("Mon ···█····················");
  expect(tuesday).toBe("Tue ······▁·················");
  expect(others).toHaveLength(5);
});
