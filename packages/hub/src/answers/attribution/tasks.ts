/** What the main thread asks of an attribution thread. Columns are transferred: the sender's are empty afterwards. */
import type { Advised, Done, FoundHerd, PlaceMove, Predicted } from "../schedule/moves.ts";
import type { TaskRequest } from "../task-thread.ts";
import {
  FittedModel,
  loadEvidence,
  type Explained,
  type ExplainQuestion,
  type LoadedEvidence,
  type RunVerdictFound,
  type VerdictsQuestion,
} from "./fitted-model.ts";
import type { Found } from "./found.ts";
import type { RawEvidence } from "./raw-evidence.ts";

export type FoundSchedule = { advice: Advised[]; done: Done[]; herds: FoundHerd[] };

/**
 * name -> [what is sent, what comes back]. First `load`, then `fit`: a task keeps what it was sent until it is done, and the
 * columns that came are not needed by the fit. The others are asked of what it left.
 */
export type AttributionTasks = {
  load: [RawEvidence, null];
  fit: [null, Found];
  explain: [ExplainQuestion, Explained];
  verdicts: [VerdictsQuestion, RunVerdictFound[]];
  advise: [null, FoundSchedule];
  predict: [PlaceMove[], Predicted | null];
};

export class AttributionDesk {
  #loaded: LoadedEvidence | null = null;
  #model: FittedModel | null = null;

  perform(
    request: TaskRequest<AttributionTasks>,
    onProgress: (share: number) => void,
  ): AttributionTasks[keyof AttributionTasks][1] {
    switch (request.name) {
      case "load":
        this.#loaded = loadEvidence(request.input);
        return null;
      case "fit":
        return this.#fit(onProgress);
      case "explain":
        return this.#fitted().explain(request.input);
      case "verdicts":
        return this.#fitted().verdicts(request.input);
      case "advise":
        return this.#fitted().moves.schedule();
      case "predict":
        return this.#fitted().moves.predict(request.input);
      default:
        return request satisfies never;
    }
  }

  #fit(onProgress: (share: number) => void): Found {
    if (!this.#loaded) throw new Error("nothing was loaded yet");
    this.#model = new FittedModel(this.#loaded, onProgress);
    this.#loaded = null;
    return this.#model.found;
  }

  #fitted(): FittedModel {
    if (!this.#model) throw new Error("nothing was fitted yet");
    return this.#model;
  }
}
