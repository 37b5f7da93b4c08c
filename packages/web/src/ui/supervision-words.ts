/** What supervision noticed, and what is expected, in words. */
import type { Expectation, SupervisionEvent, SupervisionEventKind } from "@culprit/protocol";
import { formatDuration, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";

export const eventNames: Record<SupervisionEventKind, () => string> = {
  missed: m.event_name_missed,
  late: m.event_name_late,
  "too-long": m.event_name_too_long,
  "too-short": m.event_name_too_short,
  failed: m.event_name_failed,
  "overlapping-itself": m.event_name_overlapping,
  "will-not-finish-before-next-start": m.event_name_will_not_finish,
  lost: m.event_name_lost,
};

/** As what follows the name of the process. */
export function eventWords({ kind, detail }: SupervisionEvent, locale: string): string {
  const time = (seconds: number | undefined): string => formatDuration(seconds ?? 0, locale);
  switch (kind) {
    case "missed":
      return m.event_missed({ count: detail.count ?? 1 });
    case "late":
      return m.event_late({ late: time(detail.lateSeconds) });
    case "too-long":
      return detail.limitFrom === "normal"
        ? m.event_too_long_normal({ limit: time(detail.limitSeconds) })
        : m.event_too_long_set({ limit: time(detail.limitSeconds) });
    case "too-short":
      return m.event_too_short({ duration: time(detail.durationSeconds), limit: time(detail.limitSeconds) });
    case "failed":
      return m.event_failed();
    case "lost":
      return m.event_lost();
    case "overlapping-itself":
      return m.event_overlapping();
    case "will-not-finish-before-next-start":
      return m.event_will_not_finish();
    default:
      return kind satisfies never;
  }
}

export function scheduleWords({ cron, timeZone, everySeconds }: Expectation, locale: string): string {
  if (cron !== undefined) return `${cron} (${timeZone})`;
  if (everySeconds !== undefined) return m.schedule_every({ period: formatDuration(everySeconds, locale) });
  return m.schedule_none();
}

export function sourceWords({ source, enabled, confidenceShare = 0 }: Expectation, locale: string): string {
  if (!enabled) return m.schedule_off();
  switch (source) {
    case "set":
      return m.schedule_source_set();
    case "check-in":
      return m.schedule_source_checkin();
    case "learnt":
      return m.schedule_source_learnt({ share: formatShare(confidenceShare, locale) });
    default:
      return source satisfies never;
  }
}
