/** A thread of its own for each fit, so that a long one keeps no quick question waiting and can be ended at once. */
import { TaskThread } from "../task-thread.ts";
import type { AttributionTasks } from "./tasks.ts";

const fromSource = import.meta.url.endsWith(".ts");

export class AttributionThread extends TaskThread<AttributionTasks> {
  constructor() {
    super(new URL(fromSource ? "./worker.ts" : "./worker.js", import.meta.url));
  }
}
