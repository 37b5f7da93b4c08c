/** Everything that can be probed from any machine; a new file in this folder gets its line here. */
import type { CheckTarget } from "@culprit/protocol";
import type { ProbeContext, Probed } from "../probe.ts";
import { dns } from "./dns.ts";
import { http } from "./http.ts";
import { ping } from "./ping.ts";
import { tcp } from "./tcp.ts";

export const remoteKinds = ["tcp", "http", "dns", "ping"] as const;

export type RemoteTarget = Extract<CheckTarget, { kind: (typeof remoteKinds)[number] }>;

export function isRemote(target: CheckTarget): target is RemoteTarget {
  return remoteKinds.some((kind) => kind === target.kind);
}

export function probeRemote(target: RemoteTarget, context: ProbeContext): Promise<Probed> {
  switch (target.kind) {
    case "tcp":
      return tcp(target, context);
    case "http":
      return http(target, context);
    case "dns":
      return dns(target, context);
    case "ping":
      return ping(target, context);
    default:
      return target satisfies never;
  }
}
