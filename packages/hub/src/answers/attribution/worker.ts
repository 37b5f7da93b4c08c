/** An attribution thread: one fit, and questions about it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { serveTasks } from "../serve-tasks.ts";
import { AttributionDesk, type AttributionTasks } from "./tasks.ts";

const desk = new AttributionDesk();

serveTasks<AttributionTasks>(
  (request, onProgress) => desk.perform(request, onProgress),
  ({ name }) => {
    if (name === "load" || name === "advise") giveBack();
  },
);

/** What came, and what the fit has left, is large and goes now: a thread that is seldom asked collects nothing. */
function giveBack(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  if (typeof collect === "function") collect();
}
