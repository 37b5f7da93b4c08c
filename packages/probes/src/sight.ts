/** Whether a machine shows that it is alive: anything that it answers does, also that a port is closed or a page is missing. */
import { isIP } from "node:net";
import type { MachineProbe, Sighting } from "@culprit/protocol";
import { probeRemote, type RemoteTarget } from "./kinds/index.ts";
import type { ProbeContext } from "./probe.ts";
import { runProbe } from "./run-probe.ts";

/** They end the look where they are met: where they lead is another machine, perhaps. */
const redirects = [300, 301, 302, 303, 307, 308];

/** Resolves in time, whatever is met. `address` is that of the machine. */
export async function sightMachine(
  address: string,
  probe: MachineProbe,
  options: Pick<ProbeContext, "timeoutSeconds" | "mayReach" | "leave"> & { signal?: AbortSignal },
): Promise<Sighting> {
  let refused = false;
  const { state, text, numbers } = await runProbe(async (context) => {
    try {
      return await probeRemote(targetOf(address, probe), context);
    } catch (error) {
      refused = hasCause(error, "ECONNREFUSED") || hasCause(error, "ECONNRESET");
      throw error;
    }
  }, options);
  if (refused) return { answered: true, text };
  if (state === "unknown") return { answered: null, text };
  // A page that is not as it should be has been answered all the same, and has its times.
  return { answered: state !== "critical" || (probe.kind === "http" && numbers.length > 0), text };
}

function targetOf(address: string, probe: MachineProbe): RemoteTarget {
  switch (probe.kind) {
    case "ping":
      return { kind: "ping", host: address };
    case "tcp":
      return { kind: "tcp", host: address, port: probe.port };
    case "http": {
      const host = isIP(address) === 6 ? `[${address}]` : address;
      const url = `http://${host}:${probe.port}/`;
      return { kind: "http", url, method: "HEAD", statuses: redirects, certificateDays: 0 };
    }
    default:
      return probe satisfies never;
  }
}

function hasCause(error: unknown, code: string): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === code;
}
