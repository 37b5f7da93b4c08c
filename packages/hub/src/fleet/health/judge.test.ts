import type { MachineState } from "@culprit/protocol";
import { expect, test } from "vitest";
import { believeState, type Belief } from "./believe-state.ts";
import { judge, type Judgement, type ProbeSign, type Signs, type Witness } from "./judge.ts";

const ping = { kind: "ping" } as const;
const probes: ProbeSign[] = [
  { result: "answers", address: "192.0.2.7", probe: ping },
  { result: "no-answer", address: "192.0.2.7", probe: ping, times: 3 },
  { result: "nothing-to-probe", reason: "never-answered" },
];
const witnesses: Witness[] = [
  { by: "others", machines: 4 },
  { by: "gateway" },
  { by: "alone" },
  { by: "none" },
];
const peers = { see: ["web-2"], seeNothing: ["web-3"] };

function everySign(): Signs[] {
  const all: Signs[] = [];
  for (const paused of [false, true])
    for (const heard of ["lately", "waiting", "missed"] as const)
      for (const lastContactAt of [null, 1_000_000])
        for (const samplesLag of [false, true])
          for (const probe of probes)
            for (const see of [[], peers.see])
              for (const seeNothing of [[], peers.seeNothing])
                for (const witness of witnesses)
                  all.push({
                    paused,
                    heard,
                    lastContactAt,
                    samplesLag,
                    newestSampleAt: lastContactAt,
                    probe,
                    peers: { see, seeNothing },
                    witness,
                  });
  return all;
}

const stateOf = (judgement: Judgement) =>
  "state" in judgement ? judgement.state : (`undecided: ${judgement.undecided}` as const);
const having = (wanted: (signs: Signs) => boolean, rest: Signs[]) => ({
  found: rest.filter(wanted),
  rest: rest.filter((signs) => !wanted(signs)),
});

test("every combination of signs has one state, and it is the one that the signs show", () => {
  const rules: [MachineState | `undecided: ${string}`, (signs: Signs) => boolean][] = [
    ["paused", ({ paused }) => paused],
    ["late", ({ heard, samplesLag }) => heard === "lately" && samplesLag],
    ["online", ({ heard }) => heard === "lately"],
    ["undecided: waiting", ({ heard }) => heard === "waiting"],
    ["late", ({ probe }) => probe.result === "answers"],
    // It is alive, but that the hub can't reach it is not known where the hub has nothing to probe.
    ["late", ({ probe, peers }) => peers.see.length > 0 && probe.result === "nothing-to-probe"],
    ["unreachable", ({ peers }) => peers.see.length > 0],
    ["undecided: cut-off", ({ witness }) => witness.by === "none"],
    ["silent", ({ probe }) => probe.result === "nothing-to-probe"],
    ["down", () => true],
  ];
  let rest = everySign();
  expect(rest).toHaveLength(2 * 3 * 2 * 2 * 3 * 2 * 2 * 4);
  for (const [state, wanted] of rules) {
    const of = having(wanted, rest);
    expect(of.found.length).toBeGreaterThan(0);
    expect([...new Set(of.found.map((signs) => stateOf(judge(signs))))]).toEqual([state]);
    rest = of.rest;
  }
  expect(rest).toEqual([]);
});

test("nobody is called down without a probe in vain, without a word of others, or while somebody sees it", () => {
  for (const signs of everySign()) {
    const judgement = judge(signs);
    if (!("state" in judgement) || judgement.state !== "down") continue;
    const codes = judgement.evidence.map(({ code }) => code);
    expect(codes).toContain("no-answer");
    expect(codes).not.toContain("peers-see");
    expect(codes.includes("peers-see-nothing")).toBe(signs.peers.seeNothing.length > 0);
    expect(codes.includes("others-heard")).toBe(signs.witness.by === "others");
  }
});

const found = (state: MachineState) => ({ state, evidence: [] });
const at = (now: number) => ({ now, lastSignAt: now - 20 });

test("worse is believed after two looks and counts from the last sign of life, better at once", () => {
  let belief: Belief = { believed: { ...found("online"), since: 0 }, doubt: null };
  belief = believeState(belief, found("down"), at(100));
  expect(belief).toMatchObject({ believed: { state: "online" }, doubt: { looks: 1, since: 100 } });
  belief = believeState(belief, found("online"), at(102));
  expect(belief).toMatchObject({ believed: { state: "online", since: 0 }, doubt: null });
  belief = believeState(belief, found("down"), at(104));
  belief = believeState(belief, found("unreachable"), at(106));
  expect(belief).toMatchObject({ believed: { state: "unreachable", since: 86 }, doubt: null });
  belief = believeState(belief, found("late"), at(108));
  expect(belief).toMatchObject({ believed: { state: "late", since: 108 } });
  belief = believeState(belief, found("online"), at(109));
  expect(belief).toMatchObject({ believed: { state: "online", since: 109 } });
  belief = believeState(belief, found("late"), at(110));
  belief = believeState(belief, found("late"), at(112));
  expect(belief).toMatchObject({ believed: { state: "late", since: 110 } });
});

test("a state never begins before the one before it, and a machine that is new is not called down at once", () => {
  const paused: Belief = { believed: { ...found("paused"), since: 95 }, doubt: null };
  const once = believeState(paused, found("down"), at(100));
  expect(once.believed?.state).toBe("paused");
  expect(believeState(once, found("down"), at(102)).believed).toMatchObject({ state: "down", since: 96 });
  const nothing: Belief = { believed: null, doubt: null };
  expect(believeState(nothing, found("silent"), at(100)).believed).toMatchObject({ state: "silent" });
  expect(believeState(nothing, found("down"), at(100)).believed).toBeNull();
});
