/** What to move in the schedule, and what moves have gained, from the latest fit. */
import {
  formatInstant,
  microsPerSecond,
  type DoneMove,
  type Herd,
  type Schedule,
  type ScheduleAdvice,
} from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { askedFit, type WindowWish } from "../attribution/asked-fit.ts";
import { namesOf, type Named } from "../attribution/placed.ts";
import type { Place } from "../run-model.ts";
import { adviceText, doneMoveText, herdText, scheduleText } from "../schedule-text.ts";
import type { Locale } from "../why-text.ts";
import type { Advised, Done, FoundHerd, MovedPlace } from "./moves.ts";

type Query = WindowWish & { process?: string | undefined; machine?: string | undefined };

/** Of all moves that were found the latest; a fleet of thousands has many. */
const mostDone = 50;

/** A window that nobody waits for any more (`gone`) is not fitted. */
export async function adviseSchedule(
  hub: Hub,
  query: Query,
  locale: Locale,
  gone?: AbortSignal,
): Promise<Schedule> {
  const processId =
    query.process === undefined ? undefined : (await hub.catalogue.process(query.process)).processId;
  const machineId = query.machine === undefined ? undefined : hub.fleet.machine(query.machine).machineId;
  const isWanted = (place: Place): boolean =>
    (processId === undefined || place.processId === processId) &&
    (machineId === undefined || place.machineId === machineId);
  const { window, fitted } = await askedFit(hub, query, gone);
  const { advice, done, herds } = fitted?.schedule ?? { advice: [], done: [], herds: [] };
  const advised = advice.filter(({ place }) => isWanted(place));
  const moved = done.filter(({ place }) => isWanted(place)).slice(0, mostDone);
  const together = herds.filter(({ places }) => places.some(isWanted));
  const named = await namesOf(
    hub,
    advised
      .flatMap(({ place, victims }) => [place, ...victims.map((victim) => victim.place)])
      .concat(moved.map(({ place }) => place))
      .concat(together.flatMap(({ places }) => places))
      .map((place) => place.processId),
  );
  const answer = {
    window: { from: formatInstant(window.from), to: formatInstant(window.to) },
    fittedAt: fitted ? formatInstant(fitted.fittedAt) : null,
    progress: fitted ? null : hub.attribution.progress,
    advice: advised.map((one) => presentAdvice(one, named, locale)),
    done: moved.map((one) => presentDone(one, named, locale)),
    herds: together.map((one) => presentHerd(one, named, locale)),
  };
  return { ...answer, text: scheduleText(answer, locale) };
}

function presentAdvice(advised: Advised, named: Named, locale: Locale): ScheduleAdvice {
  const { place, victims, startsNow, startsThen, zone, shiftSeconds, savingSeconds, low, high } = advised;
  const advice = {
    ...named(place),
    shiftSeconds,
    startsNow: startsNow.map(timeOfDay),
    startsThen: startsThen.map(timeOfDay),
    zone,
    savingSeconds,
    low,
    high,
    victims: presentMoved(victims, named),
  };
  return { ...advice, text: adviceText(advice, locale) };
}

function presentDone(done: Done, named: Named, locale: Locale): DoneMove {
  const { place, zone, movedAt, shiftSeconds, savingSeconds, low, high, runsBefore, runsAfter } = done;
  const move = {
    ...named(place),
    movedAt: formatInstant(Math.round(movedAt * microsPerSecond)),
    shiftSeconds,
    savingSeconds,
    low,
    high,
    runsBefore,
    runsAfter,
  };
  return { ...move, text: doneMoveText(move, locale, zone) };
}

function presentHerd({ places, startsAt, zone, together }: FoundHerd, named: Named, locale: Locale): Herd {
  const placed = places.map(named);
  const { machine, machineId } = placed[0]!;
  // The kinds of a process are one name.
  const processes = new Map(placed.map(({ process, processId }) => [processId, { process, processId }]));
  const herd = {
    machine,
    machineId,
    processes: [...processes.values()],
    startsAt: startsAt.map(timeOfDay),
    zone,
    runs: together,
  };
  return { ...herd, text: herdText(herd, locale) };
}

export function presentMoved(places: readonly MovedPlace[], named: Named): ScheduleAdvice["victims"] {
  return places.map(({ place, lostSeconds, savingSeconds, low, high }) => ({
    ...named(place),
    lostSeconds,
    savingSeconds,
    low,
    high,
  }));
}

/** `04:05`, and `04:05:30` if it is not a whole minute. */
function timeOfDay(seconds: number): string {
  const text = new Date(Math.round(seconds) * 1000).toISOString().slice(11, 19);
  return text.endsWith(":00") ? text.slice(0, 5) : text;
}
