import { describe, expect, test } from "vitest";
import { noBackground } from "../attribution/from-demand/background.ts";
import { advise, adviceRules } from "./advise.ts";
import { LoadReplayer } from "./load-replay.ts";
import { planFor } from "./plan.ts";
import { clock, day, monday, play } from "./test/small-fleet.ts";

const days = 10;

/** Two jobs of 20 minutes of work at 03:00 and, 10 minutes later, beside each other, each asking for so much. */
function planOf(demand: number, seconds: number, background = noBackground) {
  const evidence = play(
    [
      { at: [clock(3)], seconds, noise: 0 },
      { at: [clock(3, 10)], seconds, noise: 0 },
    ],
    [],
    days,
    1,
  );
  const plan = planFor({ costs: [[], []] }, evidence);
  const place = {
    groups: Int32Array.of(0, 1),
    demand: Float64Array.of(demand, demand),
    error: Float64Array.of(0, 0),
  };
  const sensitive = [{ place: 0, value: 1, error: 0.05 }];
  const measured = {
    places: [{ ...place, background }],
    sensitivities: [sensitive, sensitive],
    costs: [{ victim: 1, suspect: 0, seconds: 600 * days }],
  };
  return { ...plan, measured };
}

function beside(demand: number, seconds: number, background = noBackground) {
  const plan = planOf(demand, seconds, background);
  const replayer = new LoadReplayer(plan, plan.measured);
  return (shifts: ReadonlyMap<number, number>) =>
    replayer.replay(shifts).map(({ lost, saved, lengths }) => ({
      lost: (lost * day) / plan.span,
      saved: (saved * day) / plan.span,
      lengths,
    }));
}

describe("under measured load", () => {
  test("jobs that shared one core take their own time once they are apart", () => {
    // Alone for 10 minutes each, half of the speed in the 20 between: 20 minutes of work in 30.
    const apart = beside(1, 1800)(new Map([[1, 3600]]));
    const lengths = new Float64Array(days).fill(1200);
    for (const one of apart) expect(one).toEqual({ lost: 600, saved: 600, lengths });
    expect(apart).toHaveLength(2);
  });

  test("and twice their time where they start together", () => {
    const together = beside(1, 1800)(new Map([[1, -600]]));
    for (const { saved } of together) expect(saved).toBeCloseTo(1800 - 2400, 0);
  });

  test("a neighbour for whom there is room costs nothing, and gains nothing by going away", () => {
    const roomy = beside(0.5, 1200)(new Map([[1, 3600]]));
    expect(roomy.map(({ lost, saved }) => [lost, saved])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test("a move into what else loads the machine loses what that takes", () => {
    const at = Array.from({ length: days }, (_, today) => monday + today * day);
    const background = {
      at: Float64Array.from(at.flatMap((midnight) => [midnight + clock(12), midnight + clock(14)])),
      unlogged: Float64Array.from(at.flatMap(() => [1, 0])),
      stolen: new Float64Array(2 * days),
    };
    const [, moved] = beside(0.5, 1200, background)(new Map([[1, clock(12) - clock(3, 10)]]));
    // A load of 1.5: 20 minutes of work take 30.
    expect(moved!.saved).toBeCloseTo(-600, 6);
  });

  test("advice is found by replays, and no more is looked for once these have taken enough", () => {
    const plan = planOf(1, 1800);
    const zones = ["UTC"];
    expect(advise(plan, { zones })[0]!.savingSeconds).toBeCloseTo(1200, 0);
    expect(advise(plan, { zones }, { ...adviceRules, mostEffort: -1 })).toEqual([]);
  });

  test("nobody else is touched", () => {
    expect(beside(1, 1800)(new Map())).toEqual([]);
  });
});
