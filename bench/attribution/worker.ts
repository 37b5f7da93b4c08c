/** Judges the worlds that its parent names, one after the other. */
import { judge } from "./judge.ts";
import type { Task } from "./pool.ts";

process.on("message", ({ one, options }: Task) => {
  process.send!(judge(one, options));
});
