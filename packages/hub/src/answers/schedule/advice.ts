/** What to move in the schedule, from the latest fit. */
import { formatInstant, type Schedule } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { readWindow } from "../../window.ts";
import type { Locale } from "../why-text.ts";

const usualSeconds = 30 * 86_400;

export async function adviseSchedule(
  hub: Hub,
  { process, machine }: { process?: string | undefined; machine?: string | undefined },
  _locale: Locale,
): Promise<Schedule> {
  const { from, to } = readWindow({}, hub.clock.now(), usualSeconds);
  if (process !== undefined) await hub.catalogue.process(process);
  if (machine !== undefined) hub.fleet.machine(machine);
  return {
    window: { from: formatInstant(from), to: formatInstant(to) },
    fittedAt: null,
    advice: [],
    done: [],
    text: "",
  };
}
