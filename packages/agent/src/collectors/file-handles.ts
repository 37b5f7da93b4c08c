import type { CollectorFactory } from "../collector.ts";
import { gauge } from "../readings.ts";

/** Open files of the whole machine against the kernel's limit. */
export const fileHandles: CollectorFactory = ({ roots, settings, files }) => ({
  name: "file-handles",
  everySeconds: Math.max(60, settings.hostSeconds),
  collect(moment) {
    const { used, limit } = parseFileHandles(files.read(`${roots.proc}/sys/fs/file-nr`, moment));
    return {
      readings: [
        gauge("system.linux.file_handles.usage", "{file}", used),
        gauge("system.linux.file_handles.utilization", "1", limit > 0 ? used / limit : 0),
      ],
    };
  },
});

/** `1024	0	1631329`: given out, of these free (0 since Linux 2.6), limit. Throws on anything else. */
export function parseFileHandles(text: string): { used: number; limit: number } {
  const match = /^(\d+)\s+(\d+)\s+(\d+)/.exec(text);
  if (!match) throw new Error("file-nr is not three numbers");
  return { used: Number(match[1]) - Number(match[2]), limit: Number(match[3]) };
}
