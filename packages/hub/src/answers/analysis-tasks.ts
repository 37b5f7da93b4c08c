/** What the main thread asks of the analysis thread. Columns are transferred: the sender's arrays are empty afterwards. */
import type { Baseline } from "@culprit/analysis";
import type { Micros } from "@culprit/protocol";
import type { ExecutionColumns } from "../store/store.ts";
import { findDeviating, type DeviatingQuestion, type DeviatingRun } from "./deviating-runs.ts";
import type { RunGroup } from "./run-groups.ts";
import { RunModel, type UsualAnswer, type UsualQuestion } from "./run-model.ts";
import { describeProcess, summarizeProcesses, type RunsSummary } from "./run-statistics.ts";

type Runs = { columns: ExecutionColumns; now: Micros };

/** name -> [what is sent, what comes back]. All but `fit` use the model that the last fit left. */
export type Tasks = {
  fit: [Runs, { group: RunGroup; baseline: Baseline }[]];
  usual: [UsualQuestion, UsualAnswer];
  summarize: [Runs, RunsSummary[]];
  describe: [Runs, ReturnType<typeof describeProcess>];
  deviating: [Runs & DeviatingQuestion, DeviatingRun[]];
};

export type TaskName = keyof Tasks;
export type TaskRequest = { [N in TaskName]: { id: number; name: N; input: Tasks[N][0] } }[TaskName];
export type TaskReply = { id: number; result: Tasks[TaskName][1] } | { id: number; error: string };

/** The state of an analysis thread. */
export class Analysis {
  #model: RunModel | null = null;

  perform(request: TaskRequest): Tasks[TaskName][1] {
    switch (request.name) {
      case "fit":
        this.#model = new RunModel(request.input.columns, request.input.now);
        return this.#model.fitted;
      case "usual":
        return this.#fitted().usual(request.input);
      case "summarize":
        return summarizeProcesses(this.#judged(request.input));
      case "describe":
        return describeProcess(this.#judged(request.input));
      case "deviating":
        return findDeviating(this.#judged(request.input), request.input);
      default:
        return request satisfies never;
    }
  }

  #judged({ columns, now }: Runs) {
    return { columns, now, baselines: this.#fitted().baselines };
  }

  #fitted(): RunModel {
    if (!this.#model) throw new Error("nothing was fitted yet");
    return this.#model;
  }
}
