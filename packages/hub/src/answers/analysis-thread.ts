/** The thread that answers quick questions about all runs. */
import type { Tasks } from "./analysis-tasks.ts";
import { TaskThread } from "./task-thread.ts";

const fromSource = import.meta.url.endsWith(".ts");

export class AnalysisThread extends TaskThread<Tasks> {
  constructor() {
    super(new URL(fromSource ? "./analysis-worker.ts" : "./analysis-worker.js", import.meta.url));
  }
}
