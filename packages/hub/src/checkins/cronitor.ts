/**
 * Cronitor: `/p/<api key>/<monitor key>` and `/ping/...` of its command line, with `state`, `series`, `msg` or `message`,
 * `host`, `env`, `status_code`, `duration`, `stamp`, `metric`. https://cronitor.io/docs/telemetry-api
 */
import { microsPerSecond, ProblemError } from "@culprit/protocol";
import {
  attributesOf,
  exitCodeOf,
  plainSignal,
  plainText,
  secondsOf,
  textOf,
  type Signal,
  type Vendor,
} from "./signal.ts";

/** Those of start and end together, with all else, have room in the attributes of an execution. */
const metricsAtMost = 5;

export const cronitor: Vendor = {
  wholeBodies: false,

  read({ path, query }) {
    const [prefix, key, slug, ...more] = path;
    if ((prefix !== "p" && prefix !== "ping") || !key || !slug || more.length > 0)
      throw new ProblemError("not-found");
    const metrics = metricsOf(query);
    const host = query.get("host");
    const signal = {
      ...plainSignal,
      ...stateOf(query.get("state") ?? ""),
      run: query.get("series") || null,
      at: stampOf(query.get("stamp")),
      durationSeconds: secondsOf(query.get("duration") ?? metrics["duration"]),
      exitCode: exitCodeOf(query.get("status_code")),
      text: textOf(query.get("msg") ?? query.get("message") ?? ""),
      attributes: { ...metrics, ...attributesOf({ host, environment: query.get("env") }) },
    };
    return { key, checkIns: [{ slug, create: true, host, schedule: undefined, signal }], ignored: 0 };
  },

  accepted: () => plainText(200, "OK"),
  refused: ({ status, title, detail }) => plainText(status, detail ?? title),
};

/** `ok` takes an alert back by hand and is no run; nothing and `tick` are heartbeats: all went well. */
function stateOf(state: string): Partial<Signal> {
  switch (state) {
    case "run":
      return { event: "start" };
    case "":
    case "tick":
    case "complete":
      return {};
    case "fail":
      return { outcome: "failed" };
    case "ok":
      return { event: "heard" };
    default:
      throw new ProblemError("invalid-request", "state is none of run, complete, fail, ok, tick");
  }
}

/** Seconds since 1970, with a fraction. */
function stampOf(text: string | null): number | null {
  return text !== null && /^\d{9,11}(\.\d{1,9})?$/.test(text)
    ? Math.round(Number(text) * microsPerSecond)
    : null;
}

/** `metric=count:100`; also several, or one with a name of its own (`count:processed:100`). */
function metricsOf(query: URLSearchParams): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const text of query.getAll("metric").slice(0, metricsAtMost)) {
    const [, name, value] =
      /^((?:count|duration|error_count)(?::[\w.-]{1,30})?):(-?\d{1,15}(?:\.\d{1,9})?)$/.exec(text) ?? [];
    if (name !== undefined) metrics[name] = Number(value);
  }
  return metrics;
}
