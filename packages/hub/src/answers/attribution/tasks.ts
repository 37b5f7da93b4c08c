/** What the main thread asks of an attribution thread. Columns are transferred: the sender's are empty afterwards. */
import type { Advised, Done, PlaceMove, Predicted } from "../schedule/moves.ts";
import type { TaskRequest } from "../task-thread.ts";
import {
  FittedModel,
  type Explained,
  type ExplainQuestion,
  type RunVerdictFound,
  type VerdictsQuestion,
} from "./fitted-model.ts";
import type { Found } from "./found.ts";
import type { RawEvidence } from "./raw-evidence.ts";

export type FoundSchedule = { advice: Advised[]; done: Done[] };

/** name -> [what is sent, what comes back]. The first is `fit`; the others are asked of what it left. */
export type AttributionTasks = {
  fit: [RawEvidence, Found];
  explain: [ExplainQuestion, Explained];
  verdicts: [VerdictsQuestion, RunVerdictFound[]];
  advise: [null, FoundSchedule];
  predict: [PlaceMove[], Predicted | null];
};

export class AttributionDesk {
  #model: FittedModel | null = null;

  perform(
    request: TaskRequest<AttributionTasks>,
    onProgress: (share: number) => void,
  ): AttributionTasks[keyof AttributionTasks][1] {
    switch (request.name) {
      case "fit":
        this.#model = new FittedModel(request.input, onProgress);
        return this.#model.found;
      case "explain":
        return this.#fitted().explain(request.input);
      case "verdicts":
        return this.#fitted().verdicts(request.input);
      case "advise":
        return { advice: this.#fitted().moves.advice(), done: this.#fitted().moves.done() };
      case "predict":
        return this.#fitted().moves.predict(request.input);
      default:
        return request satisfies never;
    }
  }

  #fitted(): FittedModel {
    if (!this.#model) throw new Error("nothing was fitted yet");
    return this.#model;
  }
}
