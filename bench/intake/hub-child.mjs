// A hub as it is shipped (from dist), in a process of its own, that tells its CPU time when asked: `bench.ts` starts it.
import { startHub } from "@culprit/hub";

const hub = await startHub({ dataDir: process.argv[2], listen: "127.0.0.1:0", logLevel: "warn" });
process.on("message", ({ ask }) => {
  if (ask === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send({ kind: "cpu", seconds: (user + system) / 1e6, residentBytes: process.memoryUsage().rss });
  } else void hub.stop().then(() => process.disconnect());
});
process.send({ kind: "ready", address: hub.address, once: await hub.oneTimeSecret() });
