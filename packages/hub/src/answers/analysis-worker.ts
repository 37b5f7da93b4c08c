/** The analysis thread: quick questions about all runs, from a model of them. */
import { Analysis, type Tasks } from "./analysis-tasks.ts";
import { serveTasks } from "./serve-tasks.ts";

const analysis = new Analysis();

serveTasks<Tasks>(
  (request) => analysis.perform(request),
  (request) => {
    if (request.name === "fit") prepare();
  },
);

/** One piece of work after the other, between which questions are answered. */
function prepare(): void {
  setImmediate(() => {
    if (analysis.prepare()) prepare();
  });
}
