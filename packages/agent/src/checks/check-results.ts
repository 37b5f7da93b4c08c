/** Results as samples: the text as rows of their own, state, time and numbers as series like any other. */
import { checkStates, type AssignedCheck, type Micros } from "@culprit/protocol";
import type { ProbeResult } from "@culprit/probes";
import { SampleBodyBuilder, type SampleBody } from "../sample-body.ts";

export function resultBody(check: AssignedCheck, result: ProbeResult, at: Micros): SampleBody {
  const builder = new SampleBodyBuilder();
  const state = checkStates.indexOf(result.state);
  const add = (metric: string, value: number, unit: string, label?: string) =>
    builder.add(at, {
      metric,
      attributes: { check: check.name, ...(label === undefined ? {} : { label }) },
      unit,
      type: "gauge",
      value,
    });
  add("culprit.check.state", state, "");
  add("culprit.check.duration", result.durationSeconds, "s");
  for (const { label, value, unit } of result.numbers) add("culprit.check.value", value, unit, label);
  return {
    ...builder.body,
    checkResults: {
      check: [check.id],
      at: [at],
      state: [state],
      durationSeconds: [result.durationSeconds],
      text: [result.text],
      numbers: [JSON.stringify(result.numbers)],
      finding: [result.finding === null ? null : JSON.stringify(result.finding)],
    },
  };
}
