import { describe, expect, it } from "vitest";
import { exampleIncident, exampleRun } from "./example-run.ts";
import { laneAt, itemAt } from "./hit.ts";
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
    expect(itemAt(lanes, view, 1000, { x: 160, y: lane.top + 5 }, 1000)?.start).toBe(100);
    expect(itemAt(lanes, view, 1000, { x: 160, y: lane.top + 20 }, 1000)?.start).toBe(150);
  });

  it("a thin bar can be hit from a few pixels beside it, but not from afar", () => {
    expect(itemAt(lanes, view, 1000, { x: 503, y: lane.top + 5 }, 1000)?.start).toBe(500);
    expect(itemAt(lanes, view, 1000, { x: 510, y: lane.top + 5 }, 1000)).toBeUndefined();
  });

  it("of a check is the time in which it was not well, also one that lasts", () => {
    const incidents = [exampleIncident(100, 200), exampleIncident(600, Infinity)];
    const checks = [{ machine: "", key: "c_1", check: "front page", incidents }];
    const withCheck = buildLanes(runs, { steps: false, folded: new Set(), checks });
    const at = (x: number) => itemAt(withCheck, view, 1000, { x, y: 5 }, 700)?.start;
    expect([50, 150, 650, 750].map(at)).toEqual([undefined, 100, 600, undefined]);
  });

  it("headings and the ground below the lanes hold no run", () => {
    expect(itemAt(lanes, view, 1000, { x: 160, y: 5 }, 1000)).toBeUndefined();
    expect(laneAt(lanes, 10_000)).toBeUndefined();
    expect(laneAt(lanes, -1)).toBeUndefined();
    expect(laneAt(lanes, lane.top)?.label).toBe("backup");
  });
});
