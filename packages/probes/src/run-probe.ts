/** Runs one probe: in time, and whatever it met is a result. */
import { limits, readFinding, type CheckNumber, type Finding } from "@culprit/protocol";
import { NotProbed, NotWell, type ProbeContext, type Probed } from "./probe.ts";
import { abortable } from "./reach.ts";
import { messageOf, said } from "./said.ts";

export type ProbeResult = Probed & { durationSeconds: number; finding: Finding | null };

const mostTextCharacters = 2000;
const mostNumbers = 20;

/**
 * Never rejects, and resolves in time whatever the probe does. What is not answered in time is critical; what could not be
 * asked is unknown.
 */
export async function runProbe(
  probe: (context: ProbeContext) => Promise<Probed>,
  options: Pick<ProbeContext, "timeoutSeconds" | "mayReach" | "leave"> & { signal?: AbortSignal },
): Promise<ProbeResult> {
  const { timeoutSeconds, mayReach, leave } = options;
  const timeUp = AbortSignal.timeout(Math.round(timeoutSeconds * 1000));
  const signal = options.signal ? AbortSignal.any([timeUp, options.signal]) : timeUp;
  const begun = performance.now();
  const probing = async () => probe({ signal, timeoutSeconds, mayReach, leave });
  const probed = await abortable(probing(), signal).catch((error: unknown): Probed => {
    if (timeUp.aborted)
      return { state: "critical", numbers: [], ...said("no-answer", { seconds: timeoutSeconds }) };
    const detail = messageOf(error);
    if (error instanceof NotWell)
      return { state: "critical", numbers: [], text: detail, finding: error.finding };
    return {
      state: "unknown",
      numbers: [],
      ...(error instanceof NotProbed
        ? { text: detail, finding: error.finding }
        : said("probe-failed", { detail })),
    };
  });
  return { ...bounded(probed), durationSeconds: (performance.now() - begun) / 1000 };
}

/** What was probed is not trusted: its text is cut and cleaned, and its numbers are numbers. */
export function bounded({
  state,
  text,
  numbers,
  finding = null,
}: Probed): Omit<ProbeResult, "durationSeconds"> {
  return {
    state,
    text: text
      // Escape sequences and other control characters would act on the terminal of who reads them.
      .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\uFFFD")
      .trim()
      .slice(0, mostTextCharacters),
    numbers: numbers.filter(isSound).slice(0, mostNumbers),
    finding: readFinding(finding),
  };
}

function isSound({ label, value, unit }: CheckNumber): boolean {
  return (
    Number.isFinite(value) &&
    Math.abs(value) <= limits.magnitude &&
    label.length <= limits.nameCharacters &&
    unit.length <= 20
  );
}
