import { describe, expect, it } from "vitest";
import { exampleIncident, exampleRun } from "./example-run.ts";
import { buildLanes, lanesHeight } from "./lanes.ts";

const none: ReadonlySet<string> = new Set();

describe("lanes", () => {
  it("stand in the order machine, process, step, with numbers in names counted as numbers", () => {
    const runs = [
      exampleRun(0, 5, { machine: "web10", process: "z" }),
      exampleRun(0, 5, { machine: "web2", process: "b" }),
      exampleRun(0, 5, { machine: "web2", process: "a" }),
      exampleRun(0, 2, { machine: "web2", process: "a", step: "dump" }),
    ];
    const lanes = buildLanes(runs, { steps: true, folded: none });
    expect(lanes.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      "machine web2",
      "process a",
      "step dump",
      "process b",
      "machine web10",
      "process z",
    ]);
  });

  it("of the foremost machine come first, whatever its name", () => {
    const runs = [exampleRun(0, 5, { machine: "a" }), exampleRun(0, 5, { machine: "z" })];
    const [first] = buildLanes(runs, { steps: false, folded: none, foremost: "z" });
    expect(first).toMatchObject({ kind: "machine", label: "z" });
  });

  it("of checks stand above all runs, or above those of their machine, also if it has none", () => {
    const incidents = [exampleIncident(1, 2)];
    const checks = ["", "web2", "web3"].map((machine) => ({
      machine,
      key: `c ${machine}`,
      check: `port ${machine}`,
      incidents,
    }));
    const lanes = buildLanes([exampleRun(0, 5, { machine: "web2", process: "a" })], {
      steps: false,
      folded: none,
      checks,
    });
    expect(lanes.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      "check port ",
      "machine web2",
      "check port web2",
      "process a",
      "machine web3",
      "check port web3",
    ]);
  });

  it("lie one under the other without gap or overlap", () => {
    const lanes = buildLanes([exampleRun(0, 5), exampleRun(1, 5, { process: "x" })], {
      steps: false,
      folded: none,
    });
    let top = 0;
    for (const lane of lanes) {
      expect(lane.top).toBe(top);
      top += lane.height;
    }
    expect(lanesHeight(lanes)).toBe(top);
  });

  it("runs that overlap take rows of their own, runs that touch share one", () => {
    const [, lane] = buildLanes([exampleRun(0, 10), exampleRun(5, 15), exampleRun(10, 20)], {
      steps: false,
      folded: none,
    });
    expect(lane?.rows.map((row) => row.map(({ start }) => start))).toEqual([[0, 10], [5]]);
  });

  it("a hundred runs at once do not make a lane of a hundred rows, and none is lost", () => {
    const runs = Array.from({ length: 100 }, (_, index) => exampleRun(index, 1000));
    const [, lane] = buildLanes(runs, { steps: false, folded: none });
    expect(lane?.rows.length).toBe(5);
    expect(lane?.rows.flat().length).toBe(100);
  });

  it("a run that goes on keeps its row", () => {
    const [, lane] = buildLanes([exampleRun(0, Infinity), exampleRun(99, 100)], {
      steps: false,
      folded: none,
    });
    expect(lane?.rows.length).toBe(2);
  });

  it("a folded machine keeps its heading alone, and headings can be left out", () => {
    const runs = [exampleRun(0, 5)];
    expect(buildLanes(runs, { steps: false, folded: new Set(["db1"]) }).map(({ kind }) => kind)).toEqual([
      "machine",
    ]);
    expect(buildLanes(runs, { steps: false, folded: none, machines: false }).map(({ kind }) => kind)).toEqual(
      ["process"],
    );
  });
});

describe("lanes that unfold", () => {
  const runs = [exampleRun(0, 5), exampleRun(0, 2, { step: "dump" }), exampleRun(0, 5, { process: "x" })];
  const labels = (steps: boolean, turned: ReadonlySet<string>) =>
    buildLanes(runs, { steps, turned, folded: none }).map(({ label, steps }) =>
      steps ? `${label} ${steps}` : label,
    );

  it("show their steps one by one, or hide them where all are shown", () => {
    expect(labels(false, none)).toEqual(["db1", "backup hidden", "x"]);
    expect(labels(false, new Set(["db1 backup"]))).toEqual(["db1", "backup shown", "dump", "x"]);
    expect(labels(true, none)).toEqual(["db1", "backup shown", "dump", "x"]);
    expect(labels(true, new Set(["db1 backup"]))).toEqual(["db1", "backup hidden", "x"]);
  });
});

describe("marks", () => {
  const marks = (process: string, missed: number[]) => ({
    machine: "db1",
    process,
    processId: "p_9",
    expected: [1],
    missed,
  });

  it("stand on the lane of their process; a process that only missed its starts has a lane too", () => {
    const lanes = buildLanes([exampleRun(0, 5)], {
      steps: false,
      folded: none,
      marks: [marks("backup", []), marks("never ran", [1]), marks("not due", [])],
    });
    expect(lanes.map(({ label, marks }) => [label, marks?.missed])).toEqual([
      ["db1", undefined],
      ["backup", []],
      ["never ran", [1]],
    ]);
    expect(lanes[2]).toMatchObject({ processId: "p_9", rows: [] });
    expect(lanes[2]!.height).toBe(lanes[1]!.height);
  });
});
