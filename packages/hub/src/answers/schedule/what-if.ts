/** What moves in the schedule would gain, from the latest fit. */
import { formatInstant, ProblemError, type WhatIf, type WhatIfInput } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { askedWindow } from "../attribution/asked-fit.ts";
import { namesOf } from "../attribution/placed.ts";
import { whatIfText } from "../schedule-text.ts";
import type { Locale } from "../why-text.ts";
import { presentMoved } from "./advice.ts";
import type { PlaceMove } from "./moves.ts";

/** Rejects with a problem of code not-found for what does not exist or did not run. */
export async function predictMoves(
  hub: Hub,
  { moves, ...query }: WhatIfInput,
  locale: Locale,
  gone?: AbortSignal,
): Promise<WhatIf> {
  const places: PlaceMove[] = [];
  for (const { process, machine, shiftSeconds } of moves) {
    const { processId } = await hub.catalogue.process(process);
    places.push({ processId, machineId: hub.fleet.machine(machine).machineId, shiftSeconds });
  }
  const now = hub.clock.now();
  const asked = askedWindow(hub, query, now);
  const prediction = await hub.attribution.predict(places, asked, gone);
  if (prediction?.predicted === null)
    throw new ProblemError("not-found", "one of these did not run in the window that was fitted");
  const predicted = prediction?.predicted;
  const processes = predicted?.processes ?? [];
  const named = await namesOf(
    hub,
    processes.map(({ place }) => place.processId),
  );
  const { from, to } = prediction?.window ?? asked ?? hub.attribution.usualWindow(now);
  const answer = {
    window: { from: formatInstant(from), to: formatInstant(to) },
    fittedAt: prediction ? formatInstant(prediction.fittedAt) : null,
    savingSeconds: predicted?.savingSeconds ?? 0,
    low: predicted?.low ?? 0,
    high: predicted?.high ?? 0,
    processes: presentMoved(processes, named),
  };
  return { ...answer, text: whatIfText(answer, locale) };
}
