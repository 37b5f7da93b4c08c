/** Looks at another machine for the hub, which does not hear it: only at what this machine's own file lists. */
import { said, sightMachine } from "@culprit/probes";
import { peerProbe, type Sighting } from "@culprit/protocol";
import { channelRequest, RefusedRequest, type ChannelRequest } from "../channel/requests.ts";
import type { AllowedFile } from "../control/allowed.ts";

export function peerProbeRequest(readAllowed: () => Promise<AllowedFile>): ChannelRequest {
  return channelRequest({
    schema: peerProbe,
    acts: false,
    async handle({ address, probe, timeoutSeconds }): Promise<Sighting> {
      const { mayProbe } = await readAllowed();
      if (!mayProbe(address, address))
        throw new RefusedRequest("not-allowed", said("not-allowed-by-machine", { place: address }));
      return sightMachine(address, probe, { timeoutSeconds, mayReach: mayProbe, leave: "machine" });
    },
  });
}
