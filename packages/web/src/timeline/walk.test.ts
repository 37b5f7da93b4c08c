import { describe, expect, it } from "vitest";
import { exampleIncident, exampleRun } from "./example-run.ts";
import { buildLanes } from "./lanes.ts";
import { walked } from "./walk.ts";

const first = exampleRun(100, 200);
const second = exampleRun(150, 300);
const other = exampleRun(260, 270, { process: "vacuum" });
const far = exampleRun(900, 910, { process: "vacuum" });
const lanes = buildLanes([second, far, first, other], { steps: false, folded: new Set() });
const view = { from: 0, to: 1000 };

describe("walking with the keyboard", () => {
  it("enters at the newest run in view", () => {
    expect(walked(lanes, view, undefined, "next")?.key).toBe(second.key);
    expect(walked(lanes, { from: 0, to: 120 }, undefined, "next")?.key).toBe(first.key);
    expect(walked(lanes, { from: 5000, to: 6000 }, undefined, "next")).toBeUndefined();
  });

  it("goes along a lane in time, also between its rows, and stops at the ends", () => {
    expect(walked(lanes, view, first, "next")?.key).toBe(second.key);
    expect(walked(lanes, view, second, "next")?.key).toBe(second.key);
    expect(walked(lanes, view, first, "previous")?.key).toBe(first.key);
  });

  it("goes to the nearest in time of the next lane", () => {
    expect(walked(lanes, view, second, "down")?.key).toBe(other.key);
    expect(walked(lanes, view, far, "up")?.key).toBe(second.key);
    expect(walked(lanes, view, first, "up")?.key).toBe(first.key);
  });

  it("reaches the lanes of checks, and enters there only if no run is in view", () => {
    const incidents = [exampleIncident(10, 20), exampleIncident(240, 250)];
    const checks = [{ machine: "", key: "c_1", check: "front page", incidents }];
    const all = buildLanes([second, other], { steps: false, folded: new Set(), checks });
    expect(walked(all, view, undefined, "next")?.key).toBe(second.key);
    expect(walked(all, { from: 0, to: 100 }, undefined, "next")?.start).toBe(10);
    expect(walked(all, view, second, "up")?.start).toBe(240);
    expect(walked(all, view, incidents[1], "previous")?.start).toBe(10);
    expect(walked(all, view, incidents[1], "down")?.key).toBe(second.key);
  });

  it("a run that is gone after a refresh leads back to the entrance", () => {
    expect(walked(lanes, view, exampleRun(1, 2, { process: "gone" }), "next")?.key).toBe(second.key);
  });
});
