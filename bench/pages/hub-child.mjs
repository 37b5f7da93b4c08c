// A hub as it is shipped (from dist), in a process of its own, whose clock stands at the end of what its store holds.
import { startHub } from "@culprit/hub";

const { shiftMicros = 0, ...settings } = JSON.parse(process.argv[2]);
const clock = { now: () => Date.now() * 1000 + shiftMicros };
const hub = await startHub({ listen: "127.0.0.1:0", logLevel: "warn", ...settings }, { clock });
process.on("message", () => void hub.stop().then(() => process.disconnect()));
process.send({ address: hub.address, once: await hub.oneTimeSecret() });
