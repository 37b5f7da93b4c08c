import { expect, test } from "vitest";
import type { AgentIdentity, Micros } from "@culprit/protocol";
import { judgeIdentity, untold, type IdentityVerdict, type KnownAgent } from "./judge-identity.ts";

const second = 1_000_000;
/** On the same computer after a restart: another instance, and another boot if its kernel started anew. */
const agent = (instance: string, computer = "a", boot = "1"): AgentIdentity => ({
  instance,
  machineId: `id-${computer}`,
  productUuid: `uuid-${computer}`,
  bootId: `${computer}-${boot}`,
});

/** Who speaks when (seconds), and what each is told. */
function told(...talk: [at: number, who: AgentIdentity][]): {
  verdicts: IdentityVerdict[];
  known: KnownAgent;
} {
  let known: KnownAgent | null = null;
  const verdicts: IdentityVerdict[] = [];
  for (const [at, who] of talk) {
    const now: Micros = at * second;
    const judged = judgeIdentity(known, who, `192.0.2.${who.machineId?.length ?? 0}`, now);
    known = judged.known;
    verdicts.push(judged.verdict);
  }
  return { verdicts, known: known! };
}

const [a, aAgain, aBooted] = [agent("a1"), agent("a2"), agent("a3", "a", "2")];
const b = agent("b1", "b");

test("an agent that starts again, and a computer that does, are the same machine at once", () => {
  const { verdicts, known } = told([0, a], [1, aAgain], [2, aBooted], [3, aBooted]);
  expect(verdicts).toEqual(["accepted", "accepted", "accepted", "accepted"]);
  expect(known).toMatchObject({
    current: { instance: "a3" },
    other: null,
    duplicateSince: null,
    moved: null,
  });
});

test("another computer waits while the one before is heard, and is refused once both were heard", () => {
  const { verdicts, known } = told([0, a], [10, b], [12, a], [16, a], [20, b], [400, b]);
  expect(verdicts).toEqual(["accepted", "wait", "accepted", "accepted", "refused", "refused"]);
  expect(known).toMatchObject({
    current: { instance: "a1" },
    other: { instance: "b1", lastAt: 400 * second },
    duplicateSince: 16 * second,
    refused: 3,
  });
});

test("another computer is let in when the one before is gone, which is told", () => {
  const { verdicts, known } = told([0, a], [30, b], [59, b], [61, b]);
  expect(verdicts).toEqual(["accepted", "wait", "wait", "accepted"]);
  expect(known).toMatchObject({
    current: { instance: "b1" },
    other: null,
    duplicateSince: null,
    moved: { at: 61 * second, differs: ["machine-id", "product-uuid"] },
  });
});

test("of two that can't be told apart by their computer the first stays, as soon as it speaks again", () => {
  const copy = agent("c1", "a", "9");
  const { verdicts, known } = told([0, a], [5, copy], [6, a], [7, copy], [8, a]);
  expect(verdicts).toEqual(["accepted", "accepted", "accepted", "refused", "accepted"]);
  expect(known).toMatchObject({ current: { instance: "a1" }, duplicateSince: 6 * second });
});

test("a copy that starts again is still refused, and the machine's own agent may start again meanwhile", () => {
  const [copy, copyAgain] = [agent("c1", "a", "9"), agent("c2", "a", "9")];
  const { verdicts } = told([0, a], [5, copy], [6, a], [7, copyAgain], [8, aAgain], [9, copyAgain], [10, b]);
  expect(verdicts).toEqual(["accepted", "accepted", "accepted", "refused", "accepted", "refused", "refused"]);
});

test("one that was away while a copy took over is back, and the copy is refused", () => {
  const { verdicts, known } = told([0, a], [100, b], [700, a], [701, b]);
  expect(verdicts).toEqual(["accepted", "accepted", "accepted", "refused"]);
  expect(known.current.instance).toBe("a1");
});

test("agents that tell nothing of themselves are one; an upgrade and a downgrade are no copy", () => {
  const upgraded = told([0, untold], [1, untold], [2, a], [3, untold], [4, aAgain], [5, untold]);
  expect(new Set(upgraded.verdicts)).toEqual(new Set(["accepted"]));
  expect(upgraded.known.duplicateSince).toBeNull();
  const stolen = told([0, a], [1, untold], [2, a], [3, untold]);
  expect(stolen.verdicts).toEqual(["accepted", "accepted", "accepted", "refused"]);
});
