import type { Check, CheckState } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { checkStateName } from "@culprit/messages/check-names";
import type { Colour } from "./colour.ts";

export const checkStateColours: Record<CheckState, Colour> = {
  ok: "green",
  warning: "yellow",
  critical: "red",
  unknown: "red",
};

export function checkStateText({
  running,
  state,
  flapping = false,
}: Pick<Check, "running" | "state"> & { flapping?: boolean }): string {
  const name = checkStateName({ running, state });
  return running && state !== null && flapping ? `${name} (${m.check_flapping()})` : name;
}
