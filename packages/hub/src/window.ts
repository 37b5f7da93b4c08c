import { formatInstant, microsPerSecond, parseInstant, ProblemError, type Micros } from "@culprit/protocol";

export type MicrosWindow = { from: Micros; to: Micros };

/** What can be told exactly: from 1970 to the year 2255. Nothing was stored before, and nothing is expected after. */
const earliest: Micros = 0;
const latest: Micros = Number.MAX_SAFE_INTEGER;

/**
 * The window of a query whose instants were checked by its schema; what is absent follows from now and the default length. One
 * that reaches further than instants can be told is cut there.
 */
export function readWindow(
  query: { from?: string | undefined; to?: string | undefined },
  now: Micros,
  defaultSeconds = 86_400,
): MicrosWindow {
  const to = within(query.to === undefined ? now : (parseInstant(query.to) ?? now));
  const length = defaultSeconds * microsPerSecond;
  const from = within(query.from === undefined ? to - length : (parseInstant(query.from) ?? to - length));
  if (from >= to)
    throw new ProblemError(
      "invalid-request",
      `the window must start before it ends (from ${formatInstant(from)}, to ${formatInstant(to)})`,
    );
  return { from, to };
}

const within = (at: Micros): Micros => Math.max(earliest, Math.min(latest, at));
