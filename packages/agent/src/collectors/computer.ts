import { readlinkSync } from "node:fs";
import { machine } from "node:os";
import type { Computer } from "@culprit/protocol";
import { readBootedAt, readBootId } from "../boot.ts";
import { readCapabilities } from "../capabilities.ts";
import type { CollectorFactory } from "../collector.ts";
import { ownAddresses } from "../own-addresses.ts";
import { readText, readTextIfPresent } from "../read-text.ts";
import type { Roots } from "../roots.ts";
import { memoryUse, parseMemoryInfo } from "./memory.ts";

const daySeconds = 86_400;

/** The inventory: sent at start, on change and once a day. */
export const computer: CollectorFactory = ({ roots, agentVersion, fileSystems }) => {
  let sent: { text: string; monotonicSeconds: number } | null = null;
  let bootedAt: number | null = null;
  // The clock of a core changes from moment to moment: it is read once.
  const processor = once(() => readProcessor(roots));
  return {
    name: "computer",
    everySeconds: 60,
    async collect({ at, monotonicSeconds }) {
      const memory = memoryUse(parseMemoryInfo(readText(`${roots.proc}/meminfo`)));
      // Small steps of the clock are no change of the computer.
      const bootedNow = readBootedAt(roots, at);
      if (bootedAt === null || Math.abs(bootedNow - bootedAt) > 5e6) bootedAt = bootedNow;
      const { fileSystems: all } = await fileSystems.list();
      const computer: Computer = {
        hostName: cut(readText(`${roots.proc}/sys/kernel/hostname`).trim()),
        timeZone: readTimeZone(roots),
        os: cut(readOperatingSystem(roots)),
        kernel: cut(readText(`${roots.proc}/sys/kernel/osrelease`).trim()),
        architecture: machine(),
        bootId: readBootId(roots),
        bootedAt,
        ...processor(),
        memoryBytes: memory.total,
        swapBytes: memory.swapTotal,
        partitions: all.map(({ device, mountPoint, fileSystem, sizeBytes }) => ({
          device: cut(device),
          mountPoint: cut(mountPoint),
          fileSystem,
          sizeBytes,
        })),
        agentVersion,
        addresses: ownAddresses(),
        capabilities: readCapabilities(roots),
      };
      const text = JSON.stringify(computer);
      if (sent?.text === text && monotonicSeconds - sent.monotonicSeconds < daySeconds) return {};
      sent = { text, monotonicSeconds };
      return { computer };
    },
  };
};

type Processor = Pick<Computer, "cpuCores" | "cpuModel" | "cpuMegahertz">;

function readProcessor(roots: Roots): Processor {
  const processor = parseProcessor(readText(`${roots.proc}/cpuinfo`));
  const kilohertz = Number(
    readTextIfPresent(`${roots.sys}/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq`) ?? 0,
  );
  return kilohertz > 0 ? { ...processor, cpuMegahertz: kilohertz / 1000 } : processor;
}

/** /proc/cpuinfo of x86 and of arm64, which names implementer and part instead of a model. */
export function parseProcessor(text: string): Processor {
  const value = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(text)?.[1]?.trim();
  const megahertz = Number(value("cpu MHz"));
  const part = value("CPU part");
  return {
    cpuCores: text.match(/^processor\s*:/gm)?.length ?? 0,
    cpuModel: cut(
      value("model name") ??
        value("Model") ??
        (part ? `implementer ${value("CPU implementer")}, part ${part}` : "unknown"),
    ),
    cpuMegahertz: megahertz > 0 ? megahertz : null,
  };
}

/** The name for people in os-release(5). */
export function parseOperatingSystem(text: string): string | null {
  const match = /^PRETTY_NAME=(["']?)(.*)\1$/m.exec(text);
  return match ? match[2]!.replace(/\\(.)/g, "$1") : null;
}

function readOperatingSystem(roots: Roots): string {
  const release = readTextIfPresent(`${roots.etc}/os-release`);
  const older = () => readTextIfPresent(`${roots.etc}/redhat-release`)?.trim();
  return (release === null ? null : parseOperatingSystem(release)) ?? older() ?? "Linux";
}

/** The zone that cron goes by, as an IANA name. */
function readTimeZone(roots: Roots): string {
  const named = readTextIfPresent(`${roots.etc}/timezone`)?.trim();
  return (
    (linkedTimeZone(`${roots.etc}/localtime`) ?? named) || Intl.DateTimeFormat().resolvedOptions().timeZone
  );
}

function linkedTimeZone(path: string): string | null {
  try {
    return /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(readlinkSync(path))?.[1] ?? null;
  } catch {
    return null;
  }
}

function cut(text: string): string {
  return text.slice(0, 200);
}

function once<T>(read: () => T): () => T {
  let value: { read: T } | null = null;
  return () => (value ??= { read: read() }).read;
}
