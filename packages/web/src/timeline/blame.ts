/** Runs with what each is blamed for in the picture of one slow run. */
import type { Why } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import type { Run } from "./run.ts";

export function withBlame(runs: readonly Run[], concurrent: Why["concurrent"], locale: string): Run[] {
  const blamed = new Map<string, number>();
  let most = 0;
  for (const { machineId, execution, blamedSeconds } of concurrent) {
    if (blamedSeconds === null || blamedSeconds <= 0) continue;
    blamed.set(`${machineId} ${execution}`, blamedSeconds);
    most = Math.max(most, blamedSeconds);
  }
  return runs.map((run) => {
    const seconds = blamed.get(run.key);
    return seconds === undefined
      ? run
      : { ...run, blame: { lost: formatDuration(seconds, locale), share: seconds / most } };
  });
}
