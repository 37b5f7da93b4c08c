/** A hub that was just started, or was given its history just now, answers soon: its first analysis is waited for. */
import { m } from "@culprit/messages";
import { share } from "./format/quantity.ts";
import type { Terminal } from "./terminal.ts";

/** `progress` is null where nothing ran yet: then there is nothing to wait for. */
type Analysed = { fittedAt: string | null; progress: number | null };

const pauseMilliseconds = 500;
const longestMilliseconds = 120_000;

/** Asks again while there is no analysis; what there is after two minutes is the answer. */
export async function onceAnalysed<Answer extends Analysed>(
  terminal: Terminal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let answer = await ask();
  if (!isAwaited(answer)) return answer;
  const line = await progressOn(terminal);
  try {
    const until = performance.now() + longestMilliseconds;
    while (isAwaited(answer) && performance.now() < until) {
      line.show(answer.progress ?? 0);
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
      answer = await ask();
    }
    return answer;
  } finally {
    line.stop();
  }
}

const isAwaited = ({ fittedAt, progress }: Analysed): boolean => fittedAt === null && progress !== null;

async function progressOn(
  terminal: Terminal,
): Promise<{ show: (progress: number) => void; stop: () => void }> {
  if (!terminal.interactive || !process.stderr.isTTY) return { show: () => {}, stop: () => {} };
  const { default: ora } = await import("ora");
  const spinner = ora({ stream: process.stderr, discardStdin: false }).start();
  return {
    show: (progress) => void (spinner.text = m.cmd_first_analysis({ share: share(progress) })),
    stop: () => void spinner.stop(),
  };
}
