import { m } from "@culprit/messages";
import { runsIn } from "../timeline/dense.ts";
import type { Run } from "../timeline/run.ts";

/** What the stretch in view holds; `span` in words. */
export function timelineSentence(
  inView: readonly Run[],
  span: string,
  { complete, missed }: { complete: boolean; missed: number },
): string {
  const whole = inView.filter(({ step }) => step === undefined);
  const count = whole.reduce((sum, run) => sum + runsIn(run), 0);
  const grouped = whole.some(({ group }) => group);
  const slow = whole.filter(({ deviation }) => deviation === "slow").length;
  const machines = new Set(whole.map(({ machineId }) => machineId)).size;
  const sentences = [m.timeline_sentence({ count, machines: m.machines_count({ count: machines }), span })];
  if (grouped) sentences.push(m.timeline_grouped());
  else if (whole.length > 0)
    sentences.push(slow > 0 ? m.timeline_slow({ count: slow }) : m.timeline_none_slow());
  if (missed > 0) sentences.push(m.timeline_missed({ count: missed }));
  if (!complete) sentences.push(m.timeline_incomplete());
  return sentences.join(" ");
}
