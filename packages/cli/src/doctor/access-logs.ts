import { examineAccessLog, type ExaminedLog } from "@culprit/agent/access-logs";
import { m } from "@culprit/messages";
import { ok, type Check, type Finding } from "./finding.ts";

/** Whether the access logs that the agent was told of can be followed, and tell how long requests took. */
export const accessLogs: Check = {
  name: "access-logs",
  async look({ accessLogs }) {
    if (accessLogs.length === 0) return [ok(m.doctor_web_none())];
    return accessLogs.map((log) => findingOf(log.path, examineAccessLog(log)));
  },
};

const nginxLine = `log_format culprit '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time';`;
const apacheLine = String.raw`LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D" culprit`;

function findingOf(path: string, examined: ExaminedLog): Finding {
  const lines = m.doctor_web_lines({ path, nginx: nginxLine, apache: apacheLine });
  switch (examined.state) {
    case "followed":
      return ok(m.doctor_web_ok({ path, format: examined.format }));
    case "empty":
      return ok(m.doctor_web_empty({ path }));
    case "untimed":
      return {
        level: "warning",
        text: m.doctor_web_untimed({ path, format: examined.format }),
        meaning: m.doctor_web_untimed_meaning(),
        fix: m.doctor_web_untimed_fix({ lines }),
      };
    case "absent":
      return { level: "warning", text: m.doctor_web_absent({ path }), fix: m.doctor_web_absent_fix() };
    case "unknown":
      return {
        level: "problem",
        text: m.doctor_web_unknown({ path }),
        meaning: m.doctor_web_unknown_meaning(),
        fix: m.doctor_web_unknown_fix({ lines }),
      };
    case "bad-format":
      return {
        level: "problem",
        text: m.doctor_web_format({ path, reason: reasonOf(examined.missing) }),
        meaning: m.doctor_web_unknown_meaning(),
        fix: m.doctor_web_format_fix(),
      };
    case "link":
      return {
        level: "problem",
        text: m.doctor_web_link({ path }),
        meaning: m.doctor_web_link_meaning(),
        fix: m.doctor_web_link_fix(),
      };
    case "no-file":
      return { level: "problem", text: m.doctor_web_no_file({ path }), fix: m.doctor_web_no_file_fix() };
    case "no-permission":
      return {
        level: "problem",
        text: m.doctor_web_permission({ path }),
        fix: m.doctor_web_permission_fix(),
      };
    default:
      return examined satisfies never;
  }
}

function reasonOf(missing: string | null): string {
  return missing === null ? m.doctor_web_format_adjacent() : m.doctor_web_format_missing({ what: missing });
}
