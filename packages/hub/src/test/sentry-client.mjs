/**
 * A program whose job reports to Sentry, in a process of its own as such programs are. Address from SENTRY_DSN; the argument
 * says which part of the job: `start`, `end <check-in id>` or `around`.
 */
import * as sentry from "@sentry/node";

sentry.init({ environment: "staging", release: "1.2.3", tracesSampleRate: 0 });
const schedule = { type: "crontab", value: "30 2 * * *" };
const monitor = { schedule, checkinMargin: 2, maxRuntime: 15, timezone: "Europe/Berlin" };
const [part, checkInId] = process.argv.slice(2);
if (part === "start")
  console.log(sentry.captureCheckIn({ monitorSlug: "by-hand", status: "in_progress" }, monitor));
else if (part === "end") {
  sentry.captureMessage("an event that is no check-in");
  sentry.captureCheckIn({ monitorSlug: "by-hand", status: "error", checkInId, duration: 999 });
} else await sentry.withMonitor("around", async () => {}, monitor);
if (!(await sentry.close(5000))) throw new Error("not sent");
