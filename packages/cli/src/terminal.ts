/** Where a command writes and what it knows of its surroundings; tests give one of their own. */
import { microsPerSecond, type Micros } from "@culprit/protocol";

export type Terminal = {
  out: (text: string) => void;
  error: (text: string) => void;
  /** Characters a table may be wide; null where output is read by programs and nothing is cut. */
  columns: number | null;
  colours: boolean;
  /** A person looks at it now: progress may be drawn. */
  interactive: boolean;
  environment: NodeJS.ProcessEnv;
  folder: string;
  now: () => Micros;
  /** IANA name; instants are shown in it. */
  timeZone: string;
  /** What the process will exit with: 0, 1 (found a problem or failed) or 2 (usage). */
  status: number;
};

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  // A pseudo-terminal that nobody gave a size has no columns: what draws over a line would look for its end for ever.
  const interactive = stdout.isTTY && env["TERM"] !== "dumb" && hasSize(stdout) && hasSize(stderr);
  return {
    out: (text) => void stdout.write(`${text}\n`),
    error: (text) => void stderr.write(`${text}\n`),
    columns: stdout.isTTY ? Math.max(40, stdout.columns || 80) : null,
    // https://no-color.org: any value that is not empty.
    colours: interactive && !env["NO_COLOR"],
    interactive,
    environment: env,
    folder: process.cwd(),
    now: () => Math.round((performance.timeOrigin + performance.now()) * (microsPerSecond / 1000)),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    status: 0,
  };
}

function hasSize(stream: { isTTY?: boolean; columns?: number }): boolean {
  return !stream.isTTY || (stream.columns ?? 0) > 0;
}
