/** What the main thread asks of the analysis thread. Columns are transferred: the sender's arrays are empty afterwards. */
import { compareSpan, type Difference, type SpanValues } from "@culprit/analysis";
import type { Micros } from "@culprit/protocol";
import type { ExecutionColumns } from "../store/store.ts";
import { learnAll, type LearnQuestion, type LearntOf } from "../supervision/learn-all.ts";
import type { MicrosWindow } from "../window.ts";
import { summarizeSpan, type SpanSummary } from "./differences/span-summary.ts";
import { findDeviating, type DeviatingQuestion, type DeviatingRun } from "./deviating-runs.ts";
import type { Era } from "./eras.ts";
import { groupRuns, type RunGroup } from "./run-groups.ts";
import { RunModel, type RunsWithin, type UsualAnswer, type UsualQuestion } from "./run-model.ts";
import { describeProcess, type Description } from "./run-description.ts";
import { summarizeProcesses, type Judged, type RunsSummary } from "./run-statistics.ts";
import type { TaskRequest } from "./task-thread.ts";

type Runs = { columns: ExecutionColumns; now: Micros };
/** Runs that the model has, so that they need not be read again. */
type Modelled = { within: RunsWithin; now: Micros };

/** name -> [what is sent, what comes back]. All but `fit` use the model that the last fit left. */
export type Tasks = {
  fit: [Runs, { group: RunGroup; eras: Era[] }[]];
  usual: [UsualQuestion, UsualAnswer];
  summarize: [Runs | Modelled, RunsSummary[]];
  describe: [(Runs | Modelled) & { zone: string }, Description];
  deviating: [(Runs | Modelled) & DeviatingQuestion, DeviatingRun[]];
  learn: [LearnQuestion, LearntOf[]];
  span: [Runs & { window: MicrosWindow }, SpanSummary[]];
  compare: [SpanValues, Difference[]];
};

const answersKept = 50;
/** Windows that are summarized after a fit, at most. */
const mostExpected = 3;

/** The state of an analysis thread. */
export class Analysis {
  #model: RunModel | null = null;
  #fittedAt: Micros = 0;
  /** Summaries of the model's runs, by what was asked. */
  readonly #summaries = new Map<string, RunsSummary[]>();
  readonly #descriptions = new Map<string, Description>();
  /** What was asked for since the last fit, and what is therefore likely to be asked of this one. */
  readonly #asked = new Map<string, RunsWithin>();
  #expected: RunsWithin[] = [];

  perform(request: TaskRequest<Tasks>): Tasks[keyof Tasks][1] {
    switch (request.name) {
      case "fit":
        return this.#fit(request.input);
      case "usual":
        return this.#fitted().usual(request.input);
      case "summarize":
        return this.#summarize(request.input);
      case "describe":
        return this.#describe(request.input);
      case "deviating":
        return this.#deviating(request.input);
      case "learn":
        return learnAll(request.input);
      case "span":
        return summarizeSpan(this.#judged(request.input), request.input.window);
      case "compare":
        return compareSpan(request.input).differences;
      default:
        return request satisfies never;
    }
  }

  /** Summarizes one of the windows that are likely to be asked for, before somebody waits; false if none is left. */
  prepare(): boolean {
    const within = this.#expected.shift();
    if (within) this.#summarizeModelled({ within, now: this.#fittedAt });
    return within !== undefined;
  }

  #fit({ columns, now }: Runs): Tasks["fit"][1] {
    const until = this.#fittedAt + 1;
    this.#expected = [...this.#asked.values()].map((within) =>
      within.to === until ? { ...within, to: now + 1 } : within,
    );
    this.#asked.clear();
    this.#summaries.clear();
    this.#descriptions.clear();
    this.#model = new RunModel(columns, now);
    this.#fittedAt = now;
    return this.#model.fitted;
  }

  #summarize(runs: Runs | Modelled): RunsSummary[] {
    if ("columns" in runs) return summarizeProcesses(this.#judged(runs));
    if (this.#asked.size < mostExpected) this.#asked.set(JSON.stringify(runs.within), runs.within);
    return this.#summarizeModelled(runs);
  }

  #summarizeModelled(runs: Modelled): RunsSummary[] {
    const question = JSON.stringify(runs.within);
    return kept(this.#summaries, question, () => summarizeProcesses(this.#judged(runs)));
  }

  #describe(asked: (Runs | Modelled) & { zone: string }): Description {
    if ("columns" in asked) return describeProcess(this.#judged(asked), asked.zone);
    const question = JSON.stringify([asked.within, asked.zone]);
    return kept(this.#descriptions, question, () => describeProcess(this.#judged(asked), asked.zone));
  }

  #deviating(asked: (Runs | Modelled) & DeviatingQuestion): DeviatingRun[] {
    if ("columns" in asked) return findDeviating(this.#judged(asked), asked);
    const { eras, columns } = this.#fitted();
    const groups = this.#fitted().deviatingWithin(asked.within);
    return findDeviating({ columns, groups, eras, now: asked.now }, asked);
  }

  #judged(runs: Runs | Modelled): Judged {
    const model = this.#fitted();
    const { eras } = model;
    if ("columns" in runs) return { ...runs, groups: groupRuns(runs.columns), eras };
    return { columns: model.columns, groups: model.groupsWithin(runs.within), eras, now: runs.now };
  }

  #fitted(): RunModel {
    if (!this.#model) throw new Error("nothing was fitted yet");
    return this.#model;
  }
}

/** What was answered before, or a new answer that is kept. */
function kept<Answer>(known: Map<string, Answer>, question: string, make: () => Answer): Answer {
  const found = known.get(question);
  if (found !== undefined) return found;
  if (known.size >= answersKept) known.clear();
  const answer = make();
  known.set(question, answer);
  return answer;
}
