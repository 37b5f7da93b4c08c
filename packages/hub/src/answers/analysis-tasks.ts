/** What the main thread asks of the analysis thread. Columns are transferred: the sender's arrays are empty afterwards. */
import type { Micros } from "@culprit/protocol";
import type { ExecutionColumns } from "../store/store.ts";
import { learnAll, type LearnQuestion, type LearntOf } from "../supervision/learn-all.ts";
import { findDeviating, type DeviatingQuestion, type DeviatingRun } from "./deviating-runs.ts";
import type { Era } from "./eras.ts";
import { groupRuns, type RunGroup } from "./run-groups.ts";
import { RunModel, type RunsWithin, type UsualAnswer, type UsualQuestion } from "./run-model.ts";
import { describeProcess, type Description } from "./run-description.ts";
import { summarizeProcesses, type Judged, type RunsSummary } from "./run-statistics.ts";

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
};

export type TaskName = keyof Tasks;
export type TaskRequest = { [N in TaskName]: { id: number; name: N; input: Tasks[N][0] } }[TaskName];
export type TaskReply = { id: number; result: Tasks[TaskName][1] } | { id: number; error: string };

const summariesKept = 50;

/** The state of an analysis thread. */
export class Analysis {
  #model: RunModel | null = null;
  /** Summaries of the model's runs, by what was asked. */
  readonly #summaries = new Map<string, RunsSummary[]>();

  perform(request: TaskRequest): Tasks[TaskName][1] {
    switch (request.name) {
      case "fit":
        this.#model = new RunModel(request.input.columns, request.input.now);
        this.#summaries.clear();
        return this.#model.fitted;
      case "usual":
        return this.#fitted().usual(request.input);
      case "summarize":
        return this.#summarize(request.input);
      case "describe":
        return describeProcess(this.#judged(request.input), request.input.zone);
      case "deviating":
        return this.#deviating(request.input);
      case "learn":
        return learnAll(request.input);
      default:
        return request satisfies never;
    }
  }

  #summarize(runs: Runs | Modelled): RunsSummary[] {
    if ("columns" in runs) return summarizeProcesses(this.#judged(runs));
    const question = JSON.stringify(runs.within);
    const known = this.#summaries.get(question);
    if (known) return known;
    if (this.#summaries.size >= summariesKept) this.#summaries.clear();
    const summaries = summarizeProcesses(this.#judged(runs));
    this.#summaries.set(question, summaries);
    return summaries;
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
