/** An attribution thread: one fit, and questions about it. */
import { serveTasks } from "../serve-tasks.ts";
import { AttributionDesk, type AttributionTasks } from "./tasks.ts";

const desk = new AttributionDesk();

serveTasks<AttributionTasks>((request, onProgress) => desk.perform(request, onProgress));
