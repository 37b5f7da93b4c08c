/** One line that tells how far a long import is, on a terminal only. */
import { m } from "@culprit/messages";
import { count, duration, share } from "../format/quantity.ts";
import type { Terminal } from "../terminal.ts";

const redrawMilliseconds = 200;
const barCells = 24;

export type ProgressLine = {
  rows: (read: number) => void;
  waiting: (seconds: number) => void;
  stop: () => void;
};

/** `done`: the share of the source that is read, null where nobody knows. */
export async function progressLine(terminal: Terminal, done: () => number | null): Promise<ProgressLine> {
  if (!terminal.interactive || !process.stderr.isTTY)
    return { rows: () => {}, waiting: () => {}, stop: () => {} };
  const { default: ora } = await import("ora");
  const begun = performance.now();
  const spinner = ora({
    text: m.import_progress_start(),
    stream: process.stderr,
    discardStdin: false,
  }).start();
  let drawn = begun;
  return {
    rows(read) {
      const now = performance.now();
      if (now - drawn < redrawMilliseconds) return;
      drawn = now;
      const seconds = (now - begun) / 1000;
      const part = done();
      const text = m.import_progress({ rows: count(read), speed: count(read / seconds) });
      if (part === null || part === 0) spinner.text = text;
      else
        spinner.text = `${bar(part)} ${share(part)}  ${text}  ${m.import_progress_left({
          time: duration(Math.round((seconds / part) * (1 - part))),
        })}`;
    },
    waiting: (seconds) => void (spinner.text = m.import_progress_waiting({ time: duration(seconds) })),
    stop: () => void spinner.stop(),
  };
}

function bar(part: number): string {
  const full = Math.round(part * barCells);
  return "█".repeat(full) + "░".repeat(barCells - full);
}
