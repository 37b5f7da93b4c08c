import type { CheckState } from "@culprit/protocol";

/** The state of a value that is the worse the higher it is; a threshold itself counts as passed. */
export function levelOf(
  value: number,
  {
    warning = Infinity,
    critical = Infinity,
  }: { warning?: number | undefined; critical?: number | undefined },
): Exclude<CheckState, "unknown"> {
  if (value >= critical) return "critical";
  return value >= warning ? "warning" : "ok";
}
