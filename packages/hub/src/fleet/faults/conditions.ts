/** How what is kept of a fault is told. */
import { formatInstant, protocolVersion, type MachineCondition, type Micros } from "@culprit/protocol";

export type Noted = { since: Micros; lastAt: Micros };

export const instants = ({ since, lastAt }: Noted) => ({
  since: formatInstant(since),
  lastAt: formatInstant(lastAt),
});

export function versionCondition(version: Noted & { agent: number }): MachineCondition {
  const upgrade = version.agent < protocolVersion ? ("agent" as const) : ("hub" as const);
  return {
    code: "protocol-version",
    ...instants(version),
    agent: version.agent,
    hub: protocolVersion,
    upgrade,
  };
}
