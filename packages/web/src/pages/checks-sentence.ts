import { checkSeverity, type Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { someNames } from "../ui/some-names.ts";

const namesSaid = 5;

/** How many checks are well, and which are not; the worst first. */
export function checksSentence(checks: readonly Check[], locale: string): string {
  if (checks.length === 0) return m.checks_none();
  const running = checks.filter((check) => check.running);
  const judged = running.filter(({ state }) => state !== null);
  const bad = judged
    .filter(({ state }) => state !== "ok")
    .toSorted((a, b) => checkSeverity(b) - checkSeverity(a));
  const sentences: string[] = [];
  if (bad.length > 0)
    sentences.push(
      m.checks_not_well({
        count: bad.length,
        total: running.length,
        names: someNames(bad, namesSaid, locale),
      }),
    );
  else if (judged.length > 0) sentences.push(m.checks_all_well({ count: judged.length }));
  const waiting = running.length - judged.length;
  if (waiting > 0) sentences.push(m.checks_waiting({ count: waiting }));
  const stopped = checks.length - running.length;
  if (stopped > 0) sentences.push(m.checks_stopped({ count: stopped }));
  return sentences.join(" ");
}
