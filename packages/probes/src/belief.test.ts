import type { CheckState } from "@culprit/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { believe, nothingBelieved, type Belief } from "./belief.ts";

const after = (results: readonly CheckState[], retries = 2, from: Belief = nothingBelieved): Belief =>
  results.reduce((belief, state, at) => believe(belief, { state, at }, retries), from);

describe("what is believed of a check", () => {
  test("a first good result is believed at once, a bad one only after its retries", () => {
    expect(after(["ok"])).toMatchObject({ state: "ok", since: 0 });
    expect(after(["critical"])).toMatchObject({ state: null, doubts: { count: 1, since: 0 } });
    expect(after(["critical", "critical", "critical"])).toMatchObject({ state: "critical", since: 0 });
    expect(after(["critical"], 0)).toMatchObject({ state: "critical", since: 0 });
  });

  test("it is bad since the first of the bad results, and well since the first good one", () => {
    const down = after(["ok", "critical", "critical", "critical"]);
    expect(down).toMatchObject({ state: "critical", since: 1, doubts: null });
    expect(believe(down, { state: "ok", at: 9 }, 2)).toMatchObject({ state: "ok", since: 9 });
  });

  test("one good result in between makes it start anew", () => {
    expect(after(["ok", "critical", "critical", "ok", "critical", "critical"])).toMatchObject({
      state: "ok",
      since: 0,
    });
  });

  test("a warning that gets critical is doubted again; bad of any kind counts, and the newest is believed", () => {
    const warned = after(["warning", "warning", "warning"]);
    expect(warned).toMatchObject({ state: "warning" });
    expect(after(["critical", "unknown", "critical"], 2, warned)).toMatchObject({
      state: "critical",
      since: 0,
    });
    expect(believe(warned, { state: "critical", at: 9 }, 2)).toMatchObject({ state: "warning" });
  });

  test("what changes all the time flaps, until it is calm", () => {
    const turns = Array.from({ length: 20 }, (_, index): CheckState => (index % 2 === 0 ? "ok" : "critical"));
    const flapping = after(turns, 0);
    expect(flapping.flapping).toBe(true);
    expect(after(Array<CheckState>(20).fill("ok"), 0, flapping).flapping).toBe(false);
    expect(after(["ok", "critical", "ok"], 0).flapping).toBe(false);
  });

  const state = fc.constantFrom<CheckState>("ok", "warning", "critical", "unknown");
  test.prop([fc.array(state, { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 5 })])(
    "fewer bad results in a row than it takes are never believed, and it takes no more",
    (results, retries) => {
      let belief = nothingBelieved;
      let bad = 0;
      for (const [at, result] of results.entries()) {
        belief = believe(belief, { state: result, at }, retries);
        bad = result === "ok" ? 0 : bad + 1;
        if (bad === 0) expect(belief.state).toBe("ok");
        if (bad > 0 && bad <= retries)
          expect(["ok", null, ...results.slice(0, at - bad + 1)]).toContain(belief.state);
        expect(belief.recent.length).toBeLessThanOrEqual(20);
      }
      const steady = after(Array<CheckState>(retries + 1).fill("critical"), retries, belief);
      expect(steady.state).toBe("critical");
    },
  );
});
