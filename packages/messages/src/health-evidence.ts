/** How the state of a machine is known, in words. Codes and values come from the hub. */
import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

export type Probed = { address: string; probe: { kind: "ping" } | { kind: "tcp" | "http"; port: number } };
export type Reason =
  | "no-address"
  | "own-address"
  | "shared-address"
  | "not-allowed"
  | "never-answered"
  | "cannot-ask";

/** As the API tells it (`healthEvidence` of the protocol). */
export type Evidence =
  | { code: "heard"; at: string }
  | { code: "not-heard" | "hub-cut-off"; since: string }
  | { code: "never-heard" | "gateway-answers" | "paused" }
  | { code: "samples-lag"; newestAt?: string | undefined }
  | ({ code: "answers" } & Probed)
  | ({ code: "no-answer"; times: number } & Probed)
  | { code: "nothing-to-probe"; reason: Reason }
  | { code: "peers-see" | "peers-see-nothing"; machines: string[] }
  | { code: "others-heard"; machines: number };

export type EvidenceWords = { time: (instant: string) => string; locale: string };

export const unprobedNames = {
  "no-address": m.health_nothing_no_address,
  "own-address": m.health_nothing_own_address,
  "shared-address": m.health_nothing_shared_address,
  "not-allowed": m.health_nothing_not_allowed,
  "never-answered": m.health_nothing_never_answered,
  "cannot-ask": m.health_nothing_cannot_ask,
} as const satisfies Record<Reason, Text>;

/** `not heard since 03:00; no answer to 3 pings of 192.0.2.7; web-2 and web-3 see it`. */
export function evidenceText(evidence: readonly Evidence[], words: EvidenceWords): string {
  return evidence.map((one) => oneText(one, words)).join("; ");
}

function oneText(one: Evidence, { time, locale }: EvidenceWords): string {
  switch (one.code) {
    case "heard":
      return m.health_heard({ at: time(one.at) });
    case "not-heard":
      return m.health_not_heard({ since: time(one.since) });
    case "never-heard":
      return m.health_never_heard();
    case "samples-lag":
      return one.newestAt === undefined
        ? m.health_no_samples()
        : m.health_samples_lag({ at: time(one.newestAt) });
    case "answers":
      return one.probe.kind === "ping"
        ? m.health_answers_ping({ address: one.address })
        : m.health_answers_port({ address: one.address, port: String(one.probe.port) });
    case "no-answer":
      return one.probe.kind === "ping"
        ? m.health_no_answer_ping({ address: one.address, count: one.times })
        : m.health_no_answer_port({
            address: one.address,
            count: one.times,
            port: String(one.probe.port),
          });
    case "nothing-to-probe":
      return unprobedNames[one.reason]();
    case "peers-see":
      return m.health_peers_see({ count: one.machines.length, names: named(one.machines, locale) });
    case "peers-see-nothing":
      return m.health_peers_see_nothing({ count: one.machines.length, names: named(one.machines, locale) });
    case "others-heard":
      return m.health_others_heard({ count: one.machines });
    case "gateway-answers":
      return m.health_gateway_answers();
    case "hub-cut-off":
      return m.health_hub_cut_off({ since: time(one.since) });
    case "paused":
      return m.health_paused();
    default:
      return one satisfies never;
  }
}

const named = (names: readonly string[], locale: string): string =>
  new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
