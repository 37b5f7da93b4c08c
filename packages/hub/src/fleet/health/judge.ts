/**
 * What one look at a machine says of it. Pure: signs in, state and evidence out. A state is claimed only where something
 * shows it: a probe that goes unanswered counts only if the same probe was answered before, and nobody is called down while
 * nothing shows that this hub itself is not cut off.
 */
import {
  formatInstant,
  type HealthEvidence,
  type MachineProbe,
  type MachineState,
  type Micros,
  type unprobedReasons,
} from "@culprit/protocol";

export type ProbeSign =
  | { result: "answers"; address: string; probe: MachineProbe }
  | { result: "no-answer"; address: string; probe: MachineProbe; times: number }
  | { result: "nothing-to-probe"; reason: (typeof unprobedReasons)[number] };

/** What shows, since the machine was missed, that this hub is not cut off. `alone`: there is nothing that could show it. */
export type Witness =
  | { by: "others"; machines: number }
  | { by: "gateway" }
  | { by: "alone" }
  | { by: "none" };

export type Signs = {
  paused: boolean;
  /** `waiting`: this hub has not listened for long enough to miss it. */
  heard: "lately" | "waiting" | "missed";
  lastContactAt: Micros | null;
  samplesLag: boolean;
  /** By the hub's clock. */
  newestSampleAt: Micros | null;
  probe: ProbeSign;
  /** Names of other machines that looked. */
  peers: { see: readonly string[]; seeNothing: readonly string[] };
  witness: Witness;
};

export type Finding = { state: MachineState; evidence: HealthEvidence[] };

/** `undecided` tells why there is no finding: too early, or this hub may be cut off. */
export type Judgement = Finding | { undecided: "waiting" | "cut-off" };

export function judge(signs: Signs): Judgement {
  const { paused, heard, probe, peers, witness } = signs;
  if (paused) return { state: "paused", evidence: [{ code: "paused" }] };
  if (heard === "lately") return inContact(signs);
  if (heard === "waiting") return { undecided: "waiting" };
  const contact = contactEvidence(signs);
  const sawIt: HealthEvidence[] =
    peers.see.length === 0 ? [] : [{ code: "peers-see", machines: [...peers.see] }];
  if (probe.result === "answers") {
    const { address, probe: asked } = probe;
    return {
      state: "late",
      evidence: [contact, { code: "answers", address, probe: asked }, ...sawIt],
    };
  }
  const evidence = [contact, probeEvidence(probe), ...sawIt];
  if (peers.see.length > 0) return { state: probe.result === "no-answer" ? "unreachable" : "late", evidence };
  if (witness.by === "none") return { undecided: "cut-off" };
  const notSeen: HealthEvidence[] =
    peers.seeNothing.length === 0 ? [] : [{ code: "peers-see-nothing", machines: [...peers.seeNothing] }];
  if (probe.result === "nothing-to-probe") return { state: "silent", evidence: [...evidence, ...notSeen] };
  return { state: "down", evidence: [...evidence, ...notSeen, ...witnessEvidence(witness)] };
}

function inContact({ samplesLag, newestSampleAt, lastContactAt }: Signs): Finding {
  const heard: HealthEvidence[] =
    lastContactAt === null ? [] : [{ code: "heard", at: formatInstant(lastContactAt) }];
  if (!samplesLag) return { state: "online", evidence: heard };
  const newestAt = newestSampleAt === null ? {} : { newestAt: formatInstant(newestSampleAt) };
  return { state: "late", evidence: [...heard, { code: "samples-lag", ...newestAt }] };
}

function contactEvidence({ lastContactAt }: Signs): HealthEvidence {
  if (lastContactAt === null) return { code: "never-heard" };
  return { code: "not-heard", since: formatInstant(lastContactAt) };
}

function probeEvidence(sign: Exclude<ProbeSign, { result: "answers" }>): HealthEvidence {
  if (sign.result === "nothing-to-probe") return { code: "nothing-to-probe", reason: sign.reason };
  const { address, probe, times } = sign;
  return { code: "no-answer", address, probe, times };
}

function witnessEvidence(witness: Witness): HealthEvidence[] {
  switch (witness.by) {
    case "others":
      return [{ code: "others-heard", machines: witness.machines }];
    case "gateway":
      return [{ code: "gateway-answers" }];
    case "alone":
    case "none":
      return [];
    default:
      return witness satisfies never;
  }
}
