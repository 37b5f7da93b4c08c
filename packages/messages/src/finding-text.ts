/** What the project's own probes found, and why machines refuse, in words. Codes and values come from agents: those that are not understood give null. */
import { m } from "@culprit/messages";
import type { Locale } from "@culprit/messages/runtime";
import { formatDuration } from "./duration.ts";
import { formatBytes } from "./quantity.ts";
import { serviceStateNames } from "./service-states.ts";

type Form = "text" | "duration" | "number" | "percent" | "count" | "bytes" | "service-state";
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
    case "bytes":
      return formatBytes(value, locale);
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
  "file-missing": saying(m.refused_file_missing, { file: "text" }),
  "file-not-absolute": saying(m.refused_file_not_absolute, { file: "text" }),
  "file-is-link": saying(m.refused_file_is_link, { file: "text" }),
  "file-irregular": saying(m.refused_file_irregular, { file: "text" }),
  "file-too-large": saying(m.refused_file_too_large, { file: "text", bytes: "bytes" }),
  "file-unreadable": saying(m.refused_file_unreadable, { file: "text", detail: "text" }),
  "folder-irregular": saying(m.refused_folder_irregular, { folder: "text" }),
  "owner-not-root": saying(m.refused_owner_not_root, { file: "text", user: "count" }),
  "writable-by-others": saying(m.refused_writable_by_others, { file: "text" }),
  "allowed-no-yaml": saying(m.refused_allowed_no_yaml, { file: "text", detail: "text" }),
  "allowed-key-unknown": saying(m.refused_allowed_key_unknown, { file: "text", key: "text" }),
  "allowed-service": saying(m.refused_allowed_service, { file: "text", place: "text" }),
  "allowed-unit": saying(m.refused_allowed_unit, { file: "text", place: "text" }),
  "allowed-name": saying(m.refused_allowed_name, { file: "text", place: "text" }),
  "allowed-program": saying(m.refused_allowed_program, { file: "text", place: "text" }),
  "allowed-nul": saying(m.refused_allowed_nul, { file: "text", place: "text" }),
  "allowed-benchmark": saying(m.refused_allowed_benchmark, { file: "text", place: "text", names: "text" }),
  "allowed-target": saying(m.refused_allowed_target, { file: "text", place: "text" }),
  "allowed-too-many": saying(m.refused_allowed_too_many, { file: "text", place: "text", most: "count" }),
  "allowed-mistake": saying(m.refused_allowed_mistake, { file: "text", detail: "text" }),
  "service-not-listed": saying(m.refused_service_not_listed, { service: "text" }),
  "verb-not-listed": saying(m.refused_verb_not_listed, { service: "text", verb: "text" }),
  "service-unknown": saying(m.refused_service_unknown, { service: "text" }),
  "service-not-run": saying(m.refused_service_not_run, { service: "text", detail: "text" }),
  "service-busy": saying(m.refused_service_busy, { service: "text" }),
  "helper-missing": saying(m.refused_helper_missing, {}),
  "helper-silent": saying(m.refused_helper_silent, {}),
  "helper-failed": saying(m.refused_helper_failed, { detail: "text" }),
  "check-unknown": saying(m.refused_check_unknown, { check: "text" }),
  "not-welcomed": saying(m.refused_not_welcomed, {}),
  "other-machine": saying(m.refused_other_machine, {}),
  "came-too-late": saying(m.refused_came_too_late, {}),
  "valid-too-long": saying(m.refused_valid_too_long, {}),
  "made-before": saying(m.refused_made_before, {}),
  "too-many-requests": saying(m.refused_too_many_requests, {}),
  "request-unknown": saying(m.refused_request_unknown, {}),
  "arguments-unknown": saying(m.refused_arguments_unknown, {}),
  "token-in-settings": saying(m.refused_token_in_settings, {}),
  "token-busy": saying(m.refused_token_busy, {}),
  "token-not-confirmed": saying(m.refused_token_not_confirmed, { detail: "text" }),
};

/** Null where the code is not known here, or its values are not what it needs. */
export function findingText({ code, values }: { code: string; values: Raw }, locale: Locale): string | null {
  return Object.hasOwn(sayings, code) ? sayings[code]!(values, locale) : null;
}
