/** `monitor_config` of a Sentry check-in: when runs are due, in minutes, and how long they may take. */
import { limits } from "@culprit/protocol";
import { z } from "zod";
import type { CheckinSchedule } from "../store/store.ts";

const minutes = z.number().nonnegative().max(527_040).nullish();
const unitSeconds = {
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_746,
  year: 31_556_952,
};

const monitorConfig = z.object({
  schedule: z.discriminatedUnion("type", [
    z.object({ type: z.literal("crontab"), value: z.string().min(1).max(200) }),
    z.object({
      type: z.literal("interval"),
      value: z.number().int().positive().max(100_000),
      unit: z.enum(["minute", "hour", "day", "week", "month", "year"]),
    }),
  ]),
  checkin_margin: minutes,
  max_runtime: minutes,
  timezone: z.string().max(100).nullish(),
});

/** Undefined if there is none, or one that makes no sense: the check-in itself still counts. */
export function scheduleOf(raw: unknown): CheckinSchedule | undefined {
  const parsed = monitorConfig.safeParse(raw);
  if (!parsed.success) return undefined;
  const { schedule, checkin_margin, max_runtime, timezone } = parsed.data;
  const everySeconds = schedule.type === "interval" ? schedule.value * unitSeconds[schedule.unit] : 0;
  if (everySeconds > limits.expectedSeconds) return undefined;
  return {
    ...(schedule.type === "crontab" ? { cron: schedule.value } : { everySeconds }),
    ...(timezone ? { timeZone: timezone } : {}),
    ...(checkin_margin ? { graceSeconds: Math.round(checkin_margin * 60) } : {}),
    ...(max_runtime ? { maxSeconds: Math.ceil(max_runtime * 60) } : {}),
  };
}
