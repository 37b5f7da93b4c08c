import { m } from "@culprit/messages";
import type { Run } from "../timeline/run.ts";

/** What the stretch in view holds; `span` in words. */
export function timelineSentence(inView: readonly Run[], complete: boolean, span: string): string {
  const whole = inView.filter(({ step }) => step === undefined);
  const slow = whole.filter(({ deviation }) => deviation === "slow").length;
  const machines = new Set(whole.map(({ machineId }) => machineId)).size;
  const sentences = [
    m.timeline_sentence({ count: whole.length, machines: m.machines_count({ count: machines }), span }),
  ];
  if (whole.length > 0) sentences.push(slow > 0 ? m.timeline_slow({ count: slow }) : m.timeline_none_slow());
  if (!complete) sentences.push(m.timeline_incomplete());
  return sentences.join(" ");
}
