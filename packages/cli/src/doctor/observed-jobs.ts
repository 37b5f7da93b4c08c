import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

/** To see what cron runs, an agent needs the command lines of other users' processes, and the lists of their children. */
export const observedJobs: Check = {
  name: "observed-jobs",
  async look({ proc, observesCron }) {
    if (!observesCron) return [ok(m.doctor_observed_off())];
    const init = await read(join(proc, "1/cmdline"));
    if (init === null)
      return [
        {
          level: "warning",
          text: m.doctor_observed_hidden(),
          meaning: m.doctor_observed_hidden_meaning(),
          fix: m.doctor_observed_hidden_fix(),
        },
      ];
    if ((await read(join(proc, "1/task/1/children"))) === null)
      return [
        { level: "warning", text: m.doctor_observed_kernel(), meaning: m.doctor_observed_kernel_meaning() },
      ];
    return [ok(m.doctor_observed_ok())];
  },
};

function read(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}
