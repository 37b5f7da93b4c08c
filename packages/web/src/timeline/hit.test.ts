import { describe, expect, it } from "vitest";
import { exampleRun } from "./example-run.ts";
import { laneAt, runAt } from "./hit.ts";
import { buildLanes } from "./lanes.ts";

const view = { from: 0, to: 1000 };
const runs = [
  exampleRun(100, 200),
  exampleRun(500, 500.1),
  exampleRun(150, 400),
  exampleRun(0, 1000, { process: "x" }),
];
const lanes = buildLanes(runs, { steps: false, folded: new Set() });
const lane = lanes[1]!;

describe("what lies under the pointer", () => {
  it("is found in its own row", () => {
    expect(runAt(lanes, view, 1000, { x: 160, y: lane.top + 5 }, 1000)?.start).toBe(100);
    expect(runAt(lanes, view, 1000, { x: 160, y: lane.top + 20 }, 1000)?.start).toBe(150);
  });

  it("a thin bar can be hit from a few pixels beside it, but not from afar", () => {
    expect(runAt(lanes, view, 1000, { x: 503, y: lane.top + 5 }, 1000)?.start).toBe(500);
    expect(runAt(lanes, view, 1000, { x: 510, y: lane.top + 5 }, 1000)).toBeUndefined();
  });

  it("headings and the ground below the lanes hold no run", () => {
    expect(runAt(lanes, view, 1000, { x: 160, y: 5 }, 1000)).toBeUndefined();
    expect(laneAt(lanes, 10_000)).toBeUndefined();
    expect(laneAt(lanes, -1)).toBeUndefined();
    expect(laneAt(lanes, lane.top)?.label).toBe("backup");
  });
});
