import type { Micros } from "@culprit/protocol";

/** What a line of an access log tells of its request. */
export type LogLine = {
  method: string;
  /** As it was asked for, with all that must not leave the machine. */
  target: string;
  status: number;
  at: Micros;
  seconds: number | null;
};

export type LineFormat = {
  /** For people: `combined`, `json`, `log_format`. */
  name: string;
  /** Apache logs when a request came, nginx when it was answered. */
  timeIs: "start" | "end";
  hasDuration: boolean;
  /** Of the instants, in seconds. */
  grainSeconds: number;
  /** Null for a line of another form. */
  parse: (line: string) => LogLine | null;
};

/** `GET /orders/1 HTTP/1.1`; null for what is no request, as of a port scan. */
export function splitRequest(text: string): { method: string; target: string } | null {
  const method = text.indexOf(" ");
  if (method < 1 || method > 20) return null;
  const protocol = text.lastIndexOf(" HTTP/");
  const target = text.slice(method + 1, protocol > method ? protocol : undefined);
  return target === "" ? null : { method: text.slice(0, method), target };
}

/** Of a request that can't be read: it counts, under no route. */
export const unreadable = { method: "_OTHER", target: "/" };

export function statusOf(text: string): number | null {
  return /^[1-9]\d\d$/.test(text) ? Number(text) : null;
}
