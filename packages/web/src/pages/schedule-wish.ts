/** What a person wishes, made of what is expected already: what the form does not show stays as it is. */
import type { Expectation, ExpectationInput } from "@culprit/protocol";

type Wish = Omit<ExpectationInput, "process" | "machine">;

/** As they stand in the form: minutes, or nothing. */
export type ScheduleFields = {
  cron: string;
  zone: string;
  grace: string | number;
  longest: string | number;
};

export function fieldsOf(start: Expectation | undefined): ScheduleFields {
  return {
    cron: start?.cron ?? "",
    zone: start?.timeZone ?? "",
    grace: minutes(start?.graceSeconds ?? 300),
    longest: minutes(start?.maxSeconds ?? 0) || "",
  };
}

export function wishOf({ cron, zone, grace, longest }: ScheduleFields, start: Expectation | undefined): Wish {
  const expression = cron.trim();
  const rhythm = expression === "" ? start?.everySeconds : undefined;
  return {
    ...(expression ? { cron: expression } : {}),
    ...(zone.trim() ? { timeZone: zone.trim() } : {}),
    ...(rhythm === undefined ? {} : { everySeconds: rhythm }),
    graceSeconds: Math.round(Number(grace) * 60),
    ...(longest === "" ? {} : { maxSeconds: Math.max(1, Math.round(Number(longest) * 60)) }),
    ...(start?.minSeconds === undefined ? {} : { minSeconds: start.minSeconds }),
  };
}

/** What history or a client says, as a person's word. */
export function sameWish(expectation: Expectation): Wish {
  const { cron, timeZone, everySeconds, graceSeconds, maxSeconds, minSeconds } = expectation;
  return { cron, timeZone, everySeconds, graceSeconds, maxSeconds, minSeconds };
}

const minutes = (seconds: number): number => Math.round(seconds / 0.6) / 100;
