import { levelOf, said } from "@culprit/probes";
import { parseCpuTimes } from "../../collectors/cpu.ts";
import { parseLoad } from "../../collectors/load.ts";
import { readText } from "../../read-text.ts";
import type { OwnProbe } from "./own-probe.ts";

/** The load average of five minutes, by core. */
export const load: OwnProbe<"load"> = ({ warningPerCore, criticalPerCore }, { roots }) => {
  const average = parseLoad(readText(`${roots.proc}/loadavg`))["5m"];
  // Its cores, and the line of them all.
  const cores = Math.max(1, parseCpuTimes(readText(`${roots.proc}/stat`)).size - 1);
  const perCore = average / cores;
  return {
    state: levelOf(perCore, { warning: warningPerCore, critical: criticalPerCore }),
    ...said("load-average", { average, cores }),
    numbers: [{ label: "load per core", value: perCore, unit: "" }],
  };
};
