import { callerOn, machineOn } from "../auth/caller.ts";
import type { Routes } from "./policy.ts";

export const channel: Routes = async (app, { hub }) => {
  app.get(
    "/channel",
    {
      websocket: true,
      config: { policy: "machine" },
      preHandler: async (request) => {
        const machine = String(machineOn(request));
        hub.channelsByMachine.check(machine);
        hub.channels.admit();
        hub.channelsByMachine.count(machine);
      },
      schema: { summary: "An agent's channel (WebSocket)", tags: ["agents"] },
    },
    (socket, request) => {
      const { tokenId } = callerOn(request).token;
      hub.channels.accept({ machineId: machineOn(request), tokenId }, socket, request.ip);
    },
  );
};
