import type { CollectorFactory, Reading } from "../collector.ts";
import type { FileSystem } from "../file-systems.ts";
import { gauge } from "../readings.ts";

export const diskUse: CollectorFactory = ({ fileSystems }) => ({
  name: "disk-use",
  everySeconds: 60,
  async collect() {
    const { fileSystems: all, silent } = await fileSystems.list();
    return { readings: [...all.flatMap(readingsOf), silentMounts(silent.length)] };
  },
});

/** Shows a server that hangs. */
function silentMounts(value: number): Reading {
  return { metric: "culprit.agent.mounts.silent", attributes: {}, unit: "{mount}", type: "gauge", value };
}

function readingsOf({ device, mountPoint, usedBytes, freeBytes, inodes }: FileSystem): Reading[] {
  const attributes = { "system.device": device, "system.filesystem.mountpoint": mountPoint };
  const usage = (state: "used" | "free", value: number): Reading => ({
    metric: "system.filesystem.usage",
    attributes: { ...attributes, "system.filesystem.state": state },
    unit: "By",
    type: "gauge",
    value,
  });
  // As df does: of what users may fill, without the reserve of root.
  const mayFill = usedBytes + freeBytes;
  return [
    usage("used", usedBytes),
    usage("free", freeBytes),
    gauge("system.filesystem.utilization", "1", mayFill > 0 ? usedBytes / mayFill : 0, attributes),
    ...(inodes
      ? [gauge("system.filesystem.inodes.utilization", "1", inodes.used / inodes.total, attributes)]
      : []),
  ];
}
