/** What came of asking a machine now, in words. */
import { m } from "@culprit/messages";
import { unprobedNames, type Probed, type Reason } from "./health-evidence.ts";

type Asked = Probed & { seconds: number };

/** As the API tells it (`probeTrial` of the protocol). */
export type Trial =
  | ({ result: "answers" } & Asked)
  | ({ result: "no-answer" } & Asked)
  | { result: "nothing-to-probe"; reason: Reason };

/** `192.0.2.7 answered on port 22 in 3 ms.` */
export function probeTrialText(trial: Trial, duration: (seconds: number) => string): string {
  if (trial.result === "nothing-to-probe") return sentence(unprobedNames[trial.reason]());
  const { address, probe, seconds } = trial;
  const inputs = { address, duration: duration(seconds) };
  // A ping is several requests with pauses: their time says nothing of the machine.
  if (probe.kind === "ping")
    return trial.result === "answers" ? m.probe_answered({ address }) : m.probe_unanswered(inputs);
  const port = String(probe.port);
  return trial.result === "answers"
    ? m.probe_answered_port({ ...inputs, port })
    : m.probe_unanswered_port({ ...inputs, port });
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
