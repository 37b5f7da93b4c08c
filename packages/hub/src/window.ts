import { formatInstant, microsPerSecond, parseInstant, ProblemError, type Micros } from "@culprit/protocol";

export type MicrosWindow = { from: Micros; to: Micros };

/** The window of a query whose instants were checked by its schema; what is absent follows from now and the default length. */
export function readWindow(
  query: { from?: string | undefined; to?: string | undefined },
  now: Micros,
  defaultSeconds = 86_400,
): MicrosWindow {
  const to = query.to === undefined ? now : (parseInstant(query.to) ?? now);
  const length = defaultSeconds * microsPerSecond;
  const from = query.from === undefined ? to - length : (parseInstant(query.from) ?? to - length);
  if (from >= to)
    throw new ProblemError(
      "invalid-request",
      `the window must start before it ends (from ${formatInstant(from)}, to ${formatInstant(to)})`,
    );
  return { from, to };
}
