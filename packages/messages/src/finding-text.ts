/** What the project's own probes found, in words. Codes and values come from agents: those that are not understood give null. */
import { m } from "@culprit/messages";
import type { Locale } from "@culprit/messages/runtime";
import { formatDuration } from "./duration.ts";
import { serviceStateNames } from "./service-states.ts";

type Form = "text" | "duration" | "number" | "percent" | "count" | "service-state";
type Raw = Readonly<Record<string, string | number>>;
type Saying = (values: Raw, locale: Locale) => string | null;

/** A text and how each of its values is written. */
function saying<Forms extends Record<string, Form>>(
  say: (inputs: { [Name in keyof Forms]: string | number }, options: { locale: Locale }) => string,
  forms: Forms,
): Saying {
  return (values, locale) => {
    const written = Object.entries(forms).map(
      ([name, form]) =>
        [name, Object.hasOwn(values, name) ? write(values[name]!, form, locale) : null] as const,
    );
    if (written.some(([, value]) => value === null)) return null;
    return say(Object.fromEntries(written) as { [Name in keyof Forms]: string | number }, { locale });
  };
}

function write(value: string | number, form: Form, locale: Locale): string | number | null {
  if (form === "text") return typeof value === "string" ? value : null;
  if (form === "service-state")
    return Object.hasOwn(serviceStateNames, value)
      ? serviceStateNames[value as keyof typeof serviceStateNames]({}, { locale })
      : null;
  if (typeof value !== "number") return null;
  switch (form) {
    case "duration":
      return formatDuration(value, locale);
    case "number":
      return value.toLocaleString(locale, { maximumFractionDigits: 2 });
    case "percent":
      return (value / 100).toLocaleString(locale, { style: "percent", maximumFractionDigits: 1 });
    case "count":
      return value;
    default:
      return form satisfies never;
  }
}

const page = { method: "text", address: "text", status: "count", seconds: "duration" } as const;
const records = { record: "text", host: "text" } as const;

const sayings: Record<string, Saying> = {
  "accepts-connections": saying(m.found_accepts_connections, { place: "text" }),
  "connection-refused": saying(m.found_connection_refused, { place: "text" }),
  "connection-reset": saying(m.found_connection_reset, { place: "text" }),
  "not-reachable": saying(m.found_not_reachable, { place: "text" }),
  "connection-failed": saying(m.found_connection_failed, { place: "text", detail: "text" }),
  "host-unknown": saying(m.found_host_unknown, { host: "text" }),
  "host-not-resolved": saying(m.found_host_not_resolved, { host: "text", detail: "text" }),
  "not-allowed-by-hub": saying(m.found_not_allowed_by_hub, { place: "text" }),
  "not-allowed-by-machine": saying(m.found_not_allowed_by_machine, { place: "text" }),
  "no-answer": saying(m.found_no_answer, { seconds: "duration" }),
  "probe-failed": saying(m.found_probe_failed, { detail: "text" }),
  "page-ok": saying(m.found_page_ok, page),
  "page-slow": saying(m.found_page_slow, page),
  "page-wrong-status": saying(m.found_page_wrong_status, page),
  "page-without-text": saying(m.found_page_without_text, { ...page, expected: "text" }),
  "page-certificate-ends": saying(m.found_page_certificate_ends, { ...page, days: "count" }),
  "certificate-expired": saying(m.found_certificate_expired, { host: "text", date: "text" }),
  "certificate-invalid": saying(m.found_certificate_invalid, { host: "text", detail: "text" }),
  "too-many-redirects": saying(m.found_too_many_redirects, { count: "number", address: "text" }),
  "redirect-elsewhere": saying(m.found_redirect_elsewhere, { address: "text" }),
  "other-protocol": saying(m.found_other_protocol, { place: "text" }),
  records: saying(m.found_records, { ...records, answers: "text" }),
  "records-without": saying(m.found_records_without, { ...records, answers: "text", expected: "text" }),
  "no-such-name": saying(m.found_no_such_name, records),
  "no-records": saying(m.found_no_records, records),
  "name-server-failed": saying(m.found_name_server_failed, { ...records, detail: "text" }),
  "ping-answered": saying(m.found_ping_answered, { seconds: "duration", lostPercent: "percent" }),
  "ping-unanswered": saying(m.found_ping_unanswered, {}),
  "ping-missing": saying(m.found_ping_missing, {}),
  "ping-odd": saying(m.found_ping_odd, { detail: "text" }),
  "cpu-busy": saying(m.found_cpu_busy, { percent: "percent" }),
  "memory-used": saying(m.found_memory_used, { percent: "percent" }),
  "load-average": saying(m.found_load_average, { average: "number", cores: "count" }),
  "disk-used": saying(m.found_disk_used, { mountPoint: "text", percent: "percent" }),
  "disk-silent": saying(m.found_disk_silent, { mountPoint: "text" }),
  "disk-not-mounted": saying(m.found_disk_not_mounted, { mountPoint: "text" }),
  "disk-none": saying(m.found_disk_none, {}),
  "service-state": saying(m.found_service_state, { service: "text", state: "service-state" }),
  "service-processes": saying(m.found_service_processes, { service: "text", count: "count" }),
  "service-absent": saying(m.found_service_absent, { service: "text" }),
  "command-not-listed": saying(m.found_command_not_listed, { command: "text" }),
  "command-not-run": saying(m.found_command_not_run, { program: "text", detail: "text" }),
  "command-too-slow": saying(m.found_command_too_slow, { command: "text", seconds: "duration" }),
};

/** Null where the code is not known here, or its values are not what it needs. */
export function findingText({ code, values }: { code: string; values: Raw }, locale: Locale): string | null {
  return Object.hasOwn(sayings, code) ? sayings[code]!(values, locale) : null;
}
