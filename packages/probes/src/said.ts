/**
 * What probes of this project say, and machines that refuse: a code with values, and the same in English for whoever does not know the code. Readers say
 * the codes in their language (messages/src/finding-text.ts); plugins speak for themselves.
 */
import type { Finding } from "@culprit/protocol";
import { refusalTexts, type RefusalValues } from "./refusal-texts.ts";

/** Seconds, percents of 100, dates as `2026-11-23`. */
type Values = RefusalValues & {
  "accepts-connections": { place: string };
  "connection-refused": { place: string };
  "connection-reset": { place: string };
  "not-reachable": { place: string };
  "connection-failed": { place: string; detail: string };
  "host-unknown": { host: string };
  "host-not-resolved": { host: string; detail: string };
  "not-allowed-by-hub": { place: string };
  "not-allowed-by-machine": { place: string };
  "no-answer": { seconds: number };
  "probe-failed": { detail: string };
  "page-ok": Page;
  "page-slow": Page;
  "page-wrong-status": Page;
  "page-without-text": Page & { expected: string };
  "page-certificate-ends": Page & { days: number };
  "certificate-expired": { host: string; date: string };
  "certificate-invalid": { host: string; detail: string };
  "too-many-redirects": { count: number; address: string };
  "redirect-elsewhere": { address: string };
  "other-protocol": { place: string };
  records: { record: string; host: string; answers: string };
  "records-without": { record: string; host: string; answers: string; expected: string };
  "no-such-name": { record: string; host: string };
  "no-records": { record: string; host: string };
  "name-server-failed": { record: string; host: string; detail: string };
  "ping-answered": { seconds: number; lostPercent: number };
  "ping-unanswered": Record<string, never>;
  "ping-missing": Record<string, never>;
  "ping-odd": { detail: string };
  "cpu-busy": { percent: number };
  "memory-used": { percent: number };
  "load-average": { average: number; cores: number };
  "disk-used": { mountPoint: string; percent: number };
  "disk-silent": { mountPoint: string };
  "disk-not-mounted": { mountPoint: string };
  "disk-none": Record<string, never>;
  "service-state": { service: string; state: string };
  "service-processes": { service: string; count: number };
  "service-absent": { service: string };
  "command-not-listed": { command: string };
  "command-not-run": { program: string; detail: string };
  "command-too-slow": { command: string; seconds: number };
};

type Page = { method: string; address: string; status: number; seconds: number };

export type FindingCode = keyof Values;

const page = ({ method, address, status, seconds }: Page): string =>
  `${method} ${address}: ${status} in ${seconds.toFixed(3)} s`;

const texts: { [Code in FindingCode]: (values: Values[Code]) => string } = {
  "accepts-connections": ({ place }) => `${place} accepts connections`,
  "connection-refused": ({ place }) => `${place} refuses connections (ECONNREFUSED)`,
  "connection-reset": ({ place }) => `${place} ended the connection (ECONNRESET)`,
  "not-reachable": ({ place }) => `there is no way to ${place}`,
  "connection-failed": ({ place, detail }) => `${place}: ${detail}`,
  "host-unknown": ({ host }) => `${host} is not known: there is no such name`,
  "host-not-resolved": ({ host, detail }) => `${host} is not known: ${detail}`,
  "not-allowed-by-hub": ({ place }) =>
    `${place} may not be reached from here: it is an internal address that checks.internalTargets of the hub's settings does not list`,
  "not-allowed-by-machine": ({ place }) =>
    `${place} may not be reached from here: the machine's own file (allowed.yaml) does not list it under probes`,
  "no-answer": ({ seconds }) => `no answer within ${seconds} s`,
  "probe-failed": ({ detail }) => `the probe failed: ${detail}`,
  "page-ok": page,
  "page-slow": (values) => `${page(values)}, which is slow`,
  "page-wrong-status": (values) => `${page(values)}; this status is not what it should be`,
  "page-without-text": (values) => `${page(values)}; the page does not contain "${values.expected}"`,
  "page-certificate-ends": (values) => `${page(values)}; its certificate ends in ${values.days} days`,
  "certificate-expired": ({ host, date }) => `the certificate of ${host} has expired, on ${date}`,
  "certificate-invalid": ({ host, detail }) => `the certificate of ${host}: ${detail}`,
  "too-many-redirects": ({ count, address }) => `more than ${count} redirects, last to ${address}`,
  "redirect-elsewhere": ({ address }) => `it redirects to ${address}, which is no address of the web`,
  "other-protocol": ({ place }) => `${place} changes the protocol, unasked`,
  records: ({ record, host, answers }) => `${record} of ${host}: ${answers}`,
  "records-without": ({ record, host, answers, expected }) =>
    `${record} of ${host}: ${answers}; ${expected} is not among them`,
  "no-such-name": ({ record, host }) => `${record} of ${host}: there is no such name`,
  "no-records": ({ record, host }) => `${record} of ${host}: the name has no such records`,
  "name-server-failed": ({ record, host, detail }) => `${record} of ${host}: ${detail}`,
  "ping-answered": ({ seconds, lostPercent }) =>
    `answers in ${(seconds * 1000).toFixed(2)} ms on average, ${lostPercent}% lost`,
  "ping-unanswered": () => "no echo request was answered",
  "ping-missing": () => "there is no ping program on this machine (Debian: iputils-ping)",
  "ping-odd": ({ detail }) => `ping said: ${detail}`,
  "cpu-busy": ({ percent }) => `the processors are ${percent.toFixed(1)}% busy`,
  "memory-used": ({ percent }) => `${percent.toFixed(1)}% of the memory is used`,
  "load-average": ({ average, cores }) => `the load of five minutes is ${average} on ${cores} cores`,
  "disk-used": ({ mountPoint, percent }) => `${mountPoint} is ${percent.toFixed(1)}% full`,
  "disk-silent": ({ mountPoint }) => `${mountPoint} does not answer`,
  "disk-not-mounted": ({ mountPoint }) => `${mountPoint} is no mounted file system of this machine`,
  "disk-none": () => "this machine has no file system",
  "service-state": ({ service, state }) => `${service} is ${state}`,
  "service-processes": ({ service, count }) => `${count} processes named ${service} run`,
  "service-absent": ({ service }) => `no service and no process named ${service} runs`,
  "command-not-listed": ({ command }) => `the machine's file lists no command ${command}`,
  "command-not-run": ({ program, detail }) => `${program} can't be run: ${detail}`,
  "command-too-slow": ({ command, seconds }) => `${command} did not end within ${seconds} s`,
  ...refusalTexts,
};

export const findingCodes = Object.keys(texts) as FindingCode[];

export type Said = { text: string; finding: Finding };

const mostValueCharacters = 500;

export function said<Code extends FindingCode>(code: Code, values: Values[Code]): Said {
  const short = Object.entries<string | number>(values).map(
    ([name, value]) =>
      [name, typeof value === "string" ? value.slice(0, mostValueCharacters) : value] as const,
  );
  return { text: texts[code](values), finding: { code, values: Object.fromEntries(short) } };
}

/** What a connection met, by the code of the system's error. */
export function connectionFault(place: string, error: Error): Said {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return said("connection-refused", { place });
  if (code === "ECONNRESET") return said("connection-reset", { place });
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return said("not-reachable", { place });
  return said("connection-failed", { place, detail: error.message });
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
