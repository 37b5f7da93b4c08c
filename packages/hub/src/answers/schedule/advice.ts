/** What to move in the schedule, and what moves have gained, from the latest fit. */
import {
  formatInstant,
  microsPerSecond,
  type DoneMove,
  type Schedule,
  type ScheduleAdvice,
} from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { namesOf, type Named } from "../attribution/placed.ts";
import type { Place } from "../run-model.ts";
import { adviceText, doneMoveText, scheduleText } from "../schedule-text.ts";
import type { Locale } from "../why-text.ts";
import type { Advised, Done, MovedPlace } from "./moves.ts";

type Query = { process?: string | undefined; machine?: string | undefined };

/** Of all moves that were found the latest; a fleet of thousands has many. */
const mostDone = 50;

export async function adviseSchedule(hub: Hub, query: Query, locale: Locale): Promise<Schedule> {
  const processId =
    query.process === undefined ? undefined : (await hub.catalogue.process(query.process)).processId;
  const machineId = query.machine === undefined ? undefined : hub.fleet.machine(query.machine).machineId;
  const wanted = ({ place }: { place: Place }): boolean =>
    (processId === undefined || place.processId === processId) &&
    (machineId === undefined || place.machineId === machineId);
  const fitted = await hub.attribution.latest();
  const advised = (fitted?.schedule.advice ?? []).filter(wanted);
  const moved = (fitted?.schedule.done ?? []).filter(wanted).slice(0, mostDone);
  const named = await namesOf(
    hub,
    advised
      .flatMap(({ place, victims }) => [place, ...victims.map((victim) => victim.place)])
      .concat(moved.map(({ place }) => place))
      .map((place) => place.processId),
  );
  const { from, to } = fitted?.window ?? hub.attribution.usualWindow(hub.clock.now());
  const answer = {
    window: { from: formatInstant(from), to: formatInstant(to) },
    fittedAt: fitted ? formatInstant(fitted.fittedAt) : null,
    advice: advised.map((one) => presentAdvice(one, named, locale)),
    done: moved.map((one) => presentDone(one, named, locale)),
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
