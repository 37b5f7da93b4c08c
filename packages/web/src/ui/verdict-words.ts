import type { DeviatingExecution } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { verdictNames } from "./outcome.tsx";

/** What is held against whom; empty where no verdict was asked for. */
export function verdictWords({
  verdict,
  blamed = [],
}: Pick<DeviatingExecution, "verdict" | "blamed">): string {
  if (verdict === undefined) return "";
  const processes = blamed.join(", ");
  if (processes === "") return verdictNames[verdict]();
  return verdict === "not-separable" ? m.cause_group({ processes }) : m.verdict_slowed_by({ processes });
}
