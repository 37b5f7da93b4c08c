import { levelOf, said } from "@culprit/probes";
import { memoryUse, parseMemoryInfo } from "../../collectors/memory.ts";
import { readText } from "../../read-text.ts";
import type { OwnProbe } from "./own-probe.ts";

/** What programs hold, of the whole memory. */
export const memory: OwnProbe<"memory"> = ({ warningPercent, criticalPercent }, { roots }) => {
  const { used, total } = memoryUse(parseMemoryInfo(readText(`${roots.proc}/meminfo`)));
  const percent = (100 * used) / total;
  return {
    state: levelOf(percent, { warning: warningPercent, critical: criticalPercent }),
    ...said("memory-used", { percent }),
    numbers: [{ label: "used", value: percent, unit: "%" }],
  };
};
