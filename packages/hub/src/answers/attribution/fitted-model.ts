/** The state of an attribution thread: what one fit left, and what is asked of it. Pure. */
import {
  explainRun,
  fitAttribution,
  type AttributionModel,
  type Evidence,
  type MachineCapacity,
  type RunExplanation,
  type RunShare,
  type RunVerdict,
} from "@culprit/analysis";
import type { Place } from "../run-model.ts";
import { Moves } from "../schedule/moves.ts";
import { toEvidence } from "./evidence.ts";
import { foundBy, foundGroup, placeOfGroup, type Found, type FoundGroup } from "./found.ts";
import type { RawEvidence } from "./raw-evidence.ts";
import { Roster } from "./roster.ts";
import { sliceAround } from "./slice.ts";

/** A slow run: its row, and the normal that it exceeds. */
export type Subject = { row: number; normalSeconds: number };

/** The runs that touch one run's window, and which it is. */
export type ExplainQuestion = RawEvidence & { subject: Subject };

/** All runs around several, and which these are. */
export type VerdictsQuestion = RawEvidence & { subjects: Subject[] };

/** `blamed`: of the largest share, if it is others', with its seconds; `largestSeconds`: of the largest whosesoever. */
export type RunVerdictFound = {
  verdict: RunVerdict;
  blamed: Place[];
  seconds: number;
  largestSeconds: number;
};

export type ExplainedShare = Omit<RunShare, "groups"> & { places: Place[] };

export type Explained = Omit<RunExplanation, "shares"> & {
  shares: ExplainedShare[];
  /** Of each row: the seconds of the excess that it is blamed for; NaN of one that was not taken into account. */
  blamed: Float64Array;
  /** What would tell processes apart that share a blame. */
  experiment: FoundGroup["experiment"] | null;
};

/** What a fit is made from, once it is read: without the columns that it came in. */
export type LoadedEvidence = { evidence: Evidence; capacities: readonly MachineCapacity[]; roster: Roster };

export function loadEvidence(raw: RawEvidence): LoadedEvidence {
  const roster = new Roster(raw.machines);
  const { evidence, capacities } = toEvidence(raw, roster);
  return { evidence, capacities, roster };
}

export class FittedModel {
  readonly found: Found;
  readonly moves: Moves;
  readonly #capacities: readonly MachineCapacity[];
  readonly #model: AttributionModel;
  readonly #roster: Roster;

  constructor({ evidence, capacities, roster }: LoadedEvidence, onProgress: (share: number) => void) {
    this.#roster = roster;
    this.#capacities = capacities;
    this.#model = fitAttribution(evidence, { onProgress });
    this.found = foundBy(this.#model.findings, roster, evidence.sharedBy);
    this.moves = new Moves(this.#model, evidence, roster);
  }

  explain(question: ExplainQuestion): Explained {
    const { row, normalSeconds } = question.subject;
    const { evidence, rows } = toEvidence(question, this.#roster, {
      subject: row,
      capacities: this.#capacities,
    });
    const { explanation, blamed } = explainRun(this.#model, evidence, rows.indexOf(row), normalSeconds);
    const byRow = new Float64Array(question.runs.length).fill(Number.NaN);
    for (const [at, of] of rows.entries()) byRow[of] = blamed[at]!;
    const placeOf = (group: number): Place => placeOfGroup(this.#roster, group);
    return {
      ...explanation,
      shares: explanation.shares.map(({ groups, ...share }) => ({ ...share, places: groups.map(placeOf) })),
      blamed: byRow,
      experiment: this.#experiment(explanation.shares),
    };
  }

  verdicts({ subjects, ...raw }: VerdictsQuestion): RunVerdictFound[] {
    return subjects.map((subject) => {
      const { verdict, shares } = this.explain(sliceAround(raw, subject));
      const largest = shares.find(({ cause }) => cause === "process" || cause === "group");
      const named = verdict === "culprit" || verdict === "not-separable";
      const largestSeconds = Math.max(0, ...shares.map(({ seconds }) => seconds));
      return named && largest
        ? { verdict, blamed: largest.places, seconds: largest.seconds, largestSeconds }
        : { verdict, blamed: [], seconds: 0, largestSeconds };
    });
  }

  #experiment(shares: readonly RunShare[]): FoundGroup["experiment"] | null {
    const together = shares.find(({ cause }) => cause === "group");
    const found =
      together &&
      this.#model.findings.notSeparable.find(
        ({ reason, groups }) => reason === "together" && sameSet(groups, together.groups),
      );
    return found ? foundGroup(found, (group) => placeOfGroup(this.#roster, group)).experiment : null;
  }
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));
