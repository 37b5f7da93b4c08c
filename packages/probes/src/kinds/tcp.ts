import { connect } from "node:net";
import { NotWell, type Probe } from "../probe.ts";
import { connectionFault, said } from "../said.ts";
import { abortable, reach } from "../reach.ts";

/** Well if a connection is accepted. */
export const tcp: Probe<"tcp"> = async ({ host, port }, context) => {
  const place = `${host}:${port}`;
  const { address } = await reach(host, context);
  const begun = performance.now();
  const socket = connect({ host: address, port });
  const connected = new Promise<void>((settle, reject) => {
    socket.once("connect", settle);
    socket.once("error", (error) => reject(new NotWell(connectionFault(place, error), { cause: error })));
  });
  try {
    await abortable(connected, context.signal);
  } finally {
    socket.destroy();
  }
  const seconds = (performance.now() - begun) / 1000;
  return {
    state: "ok",
    ...said("accepts-connections", { place }),
    numbers: [{ label: "connect", value: seconds, unit: "s" }],
  };
};
