import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** So many OS processes that do nothing, until `end`. */
export async function startSleepers(count: number): Promise<{ end: () => void }> {
  const sleepers: ChildProcess[] = [];
  for (let index = 0; index < count; index++) sleepers.push(spawn("sleep", ["3600"], { stdio: "ignore" }));
  await Promise.all(sleepers.map((sleeper) => once(sleeper, "spawn")));
  return {
    end() {
      for (const sleeper of sleepers) sleeper.kill("SIGKILL");
    },
  };
}
