import { liveFigures, type LiveStatus } from "@culprit/protocol";
import stringWidth from "string-width";
import { beforeEach, expect, test } from "vitest";
import { speak } from "../language.ts";
import { aLook } from "../testing/a-look.ts";
import { drawView, type View } from "./draw.ts";
import { actionsOf } from "./keys.ts";
import { sparkline } from "./sparkline.ts";
import { Watched } from "./watched.ts";

const small = { columns: 80, rows: 24, colours: false };
let machine: Watched;
let view: View;

beforeEach(() => {
  speak("en");
  machine = new Watched("db-1");
  view = {
    machines: [machine, new Watched("db-2")],
    shown: 0,
    paused: false,
    help: false,
    sorting: "cpu",
    timeZone: "UTC",
  };
});

function watch(...looks: [seconds: number, change: Partial<LiveStatus>][]): void {
  for (const [seconds, change] of looks)
    machine.add(aLook({ at: new Date(seconds * 1000).toISOString(), ...change }), seconds);
}
const cpu = (busyShare: number) => ({ cpu: { ...aLook().cpu!, busyShare } });

test("80 columns and 24 rows hold all figures with their averages, and the busiest processes", () => {
  watch([0, cpu(0.2)], [2, cpu(0.4)], [4, cpu(0.9)]);
  const lines = drawView(view, small);
  expect(lines).toHaveLength(24);
  expect(lines[0]).toBe("db-1  1/2  up 1 h  2 users  1970-01-01 00:00:04 UTC");
  expect(lines[2]).toMatch(/^CPU +90% +▂▄█ +50% +50% +50%$/);
  expect(lines.find((line) => line.startsWith("Network out"))).toMatch(/1\.0 KiB\/s/);
  expect(lines[15]).toMatch(/^ +41 +postgres +120% +1\.0 GiB +3\.0 KiB\/s +postgres$/);
  expect(lines[23]).toBe("q quit   p pause   s sort: CPU   ←→ machine   ? help");
});

test.each([
  [20, 5],
  [40, 10],
  [60, 24],
  [80, 24],
  [200, 60],
])("a terminal of %i columns and %i rows is never overrun", (columns, rows) => {
  watch([0, {}], [2, {}]);
  for (const help of [false, true]) {
    const lines = drawView({ ...view, help }, { columns, rows, colours: false });
    expect(lines).toHaveLength(rows);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  }
});

test("where it is narrow the time has no day, and of memory and I/O that is shown by which they are sorted", () => {
  watch([0, {}], [2, {}]);
  const narrow = { columns: 60, rows: 24, colours: false };
  expect(drawView({ ...view, paused: true }, narrow)[0]).toMatch(/ 00:00:02 UTC +paused$/);
  const heading = (sorting: View["sorting"]) =>
    drawView({ ...view, sorting }, narrow).find((line) => line.includes("PID"));
  expect(heading("memory")).toMatch(/MEMORY +PROCESS/);
  expect(heading("io")).toMatch(/I\/O +PROCESS/);
});

test("nothing that a machine says steers the terminal, and without colour there is no escape at all", () => {
  const evil = "evil\u001b[2J\u0007\u202e";
  const [first] = aLook().osProcesses!.top;
  watch([0, { machine: evil, osProcesses: { count: 1, top: [{ ...first!, name: evil, user: evil }] } }]);
  machine.fail(`the hub says \u001b]0;x\u0007`);
  expect(drawView(view, small).join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  // With colours only ours are left.
  const coloured = drawView(view, { ...small, colours: true }).join("\n");
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test("a look that fails keeps the last one, and says as of when it is", () => {
  machine.fail("db-1 is silent");
  expect(drawView(view, small)[1]).toBe("db-1 is silent");
  watch([4, cpu(0.9)]);
  machine.fail("db-1 is silent");
  const lines = drawView(view, small);
  expect(lines[1]).toBe("As of 1970-01-01 00:00:04, for now: db-1 is silent");
  expect(lines[3]).toMatch(/^CPU +90%/);
});

test("processes are sorted by what was asked for", () => {
  watch([0, {}]);
  const order = (sorting: View["sorting"]) =>
    drawView({ ...view, sorting }, small)
      .map((line) => /^ +(\d+) /.exec(line)?.[1])
      .filter((pid) => pid !== undefined);
  expect(order("cpu")).toEqual(["41", "42", "7"]);
  expect(order("memory")).toEqual(["42", "41", "7"]);
  expect(order("io")).toEqual(["41", "42", "7"]);
  expect(order("name")).toEqual(["7", "42", "41"]);
});

test("averages are of the last minute, the last five and all; a figure that is not told counts nowhere", () => {
  watch([0, cpu(1)], [200, cpu(0.5)], [390, cpu(0.1)], [400, { cpu: null }], [410, cpu(0.3)]);
  expect(machine.average("cpuShare", 60)).toBeCloseTo(0.2);
  expect(machine.average("cpuShare", 300)).toBeCloseTo(0.3);
  expect(machine.average("cpuShare", "all")).toBeCloseTo(0.475);
  expect(machine.values("cpuShare", 10)).toEqual([0.5, 0.1, null, 0.3]);
  // The hub answers the same look to all who ask within a second.
  machine.add(machine.status!, 411);
  expect(machine.values("cpuShare", 10)).toHaveLength(4);
  for (const figure of liveFigures) expect(new Watched("x").average(figure, "all")).toBeNull();
});

test("a sparkline is drawn against all of a share, or the largest amount; what is not known is a gap", () => {
  expect(sparkline([0, 0.5, null, 1], 6, 1)).toBe("  ▁▅ █");
  expect(sparkline([0, 50, 100], 2)).toBe("▅█");
  expect(sparkline([0, 0], 2)).toBe("▁▁");
});

test("keys are known as terminals send them, and what is not known does nothing", () => {
  expect(actionsOf("q")).toEqual(["quit"]);
  expect(actionsOf("\u001b[C\u001bOD\u001b[15~xs?")).toEqual(["next", "previous", "sort", "help"]);
  expect(actionsOf("\u0003\u001a p")).toEqual(["quit", "suspend", "pause", "pause"]);
});
