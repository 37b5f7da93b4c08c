import { setTimeout as sleep } from "node:timers/promises";
import { levelOf, NotProbed, said } from "@culprit/probes";
import { cpuShares, parseCpuTimes } from "../../collectors/cpu.ts";
import { readText } from "../../read-text.ts";
import type { Roots } from "../../roots.ts";
import type { OwnProbe } from "./own-probe.ts";

/** Long enough for the kernel's clock ticks of a hundredth to tell a percent. */
const watchedSeconds = 2;

/** How busy all cores together are, watched for two seconds. */
export const cpu: OwnProbe<"cpu"> = async ({ warningPercent, criticalPercent }, { roots }, context) => {
  const before = timesOf(roots);
  const seconds = Math.min(watchedSeconds, context.timeoutSeconds / 2);
  await sleep(seconds * 1000, undefined, { signal: context.signal });
  const shares = cpuShares(before, timesOf(roots));
  if (!shares) throw new NotProbed("no time passed by the kernel's clock");
  const percent = 100 * (1 - shares.idle - shares.iowait);
  return {
    state: levelOf(percent, { warning: warningPercent, critical: criticalPercent }),
    ...said("cpu-busy", { percent }),
    numbers: [{ label: "busy", value: percent, unit: "%" }],
  };
};

function timesOf({ proc }: Roots) {
  const times = parseCpuTimes(readText(`${proc}/stat`)).get("all");
  if (!times) throw new NotProbed(`${proc}/stat tells nothing of the processors`);
  return times;
}
