/** How a machine's state is known: `not heard since 03:00; no answer to 3 pings; web-2 and web-3 see it`. */
import type { HealthEvidence, Machine } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { evidenceText } from "@culprit/messages/health-evidence";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";

export function StateEvidence({ machine }: { machine: Machine }) {
  const text = useEvidenceText(machine.timeZone)(machine.evidence ?? []);
  return text === "" ? null : <p className="quiet small">{text}</p>;
}

export function useEvidenceText(machineZone?: string): (evidence: readonly HealthEvidence[]) => string {
  const { language } = usePreferences();
  const zone = useZone(machineZone);
  const time = (instant: string) => formatTime(millis(instant), zone, language);
  return (evidence) => evidenceText(evidence, { time, locale: language });
}
