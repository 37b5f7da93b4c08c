/** An attribution thread: one fit, and questions about it. */
import { giveBack } from "../give-back.ts";
import { serveTasks } from "../serve-tasks.ts";
import { AttributionDesk, type AttributionTasks } from "./tasks.ts";

const desk = new AttributionDesk();

serveTasks<AttributionTasks>(
  (request, onProgress) => desk.perform(request, onProgress),
  ({ name }) => {
    // The columns that came, and what the fit has left.
    if (name === "load" || name === "advise") giveBack();
  },
);
