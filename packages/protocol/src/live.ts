/** How a machine is at this moment, asked of its agent: rates and shares are over the last `spanSeconds`. */
import { z } from "zod";
import { instant } from "./instant.ts";
import { limits } from "./limits.ts";
import { name } from "./names.ts";

/** Who waits how long for an answer: the hub for the machine, the caller for the hub. */
export const liveSeconds = { hub: 5, caller: 8 } as const;

const amount = z.number().min(0).max(limits.magnitude);
const share = z.number().min(0).max(1);
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The most of each that an agent tells of. */
export const liveMost = { cores: 1024, disks: 64, fileSystems: 64, interfaces: 64, osProcesses: 40 } as const;

const stall = z.object({
  someShare: share.meta({ description: "of the time some tasks waited for it" }),
  fullShare: share.meta({ description: "of the time all tasks waited for it" }).optional(),
});

const liveOsProcess = z.object({
  pid: whole,
  name,
  user: name,
  cpuPercent: amount.meta({ description: "of one core" }),
  rssBytes: whole,
  threads: whole,
  ioReadBytesPerSecond: amount.nullable(),
  ioWriteBytesPerSecond: amount.nullable(),
});

export type LiveOsProcess = z.infer<typeof liveOsProcess>;

/** What the agent answers; a part that this machine does not tell of, or that could not be read, is null. */
export const liveLook = z.object({
  spanSeconds: z.number().positive().max(3600),
  uptimeSeconds: amount.nullable(),
  cpu: z
    .object({
      busyShare: share.meta({ description: "of all cores: what is neither idle nor waiting for a disk" }),
      modeShares: z.object({
        user: share,
        nice: share,
        system: share,
        idle: share,
        iowait: share,
        irq: share,
        steal: share,
      }),
      coreBusyShares: z.array(share).max(liveMost.cores),
    })
    .nullable(),
  memory: z
    .object({
      totalBytes: whole,
      usedBytes: whole.meta({ description: "what programs hold: the total less what is available" }),
      availableBytes: whole,
      cachedBytes: whole,
      buffersBytes: whole,
      swapTotalBytes: whole,
      swapUsedBytes: whole,
    })
    .nullable(),
  load: z.object({ oneMinute: amount, fiveMinutes: amount, fifteenMinutes: amount }).nullable(),
  pressure: z
    .object({ cpu: stall.optional(), memory: stall.optional(), io: stall.optional() })
    .nullable()
    .meta({ description: "null where the kernel does not measure it" }),
  disks: z
    .array(
      z.object({
        name,
        busyShare: share,
        readBytesPerSecond: amount,
        writeBytesPerSecond: amount,
        operationsPerSecond: amount,
      }),
    )
    .max(liveMost.disks)
    .nullable(),
  fileSystems: z
    .array(z.object({ mountPoint: name, device: name, usedBytes: whole, freeBytes: whole }))
    .max(liveMost.fileSystems)
    .nullable(),
  network: z
    .array(z.object({ name, receiveBytesPerSecond: amount, transmitBytesPerSecond: amount }))
    .max(liveMost.interfaces)
    .nullable(),
  logins: z.object({ sessions: whole, users: whole }).nullable(),
  osProcesses: z
    .object({
      count: whole,
      top: z
        .array(liveOsProcess)
        .max(liveMost.osProcesses)
        .meta({ description: "the busiest, and those that hold most memory; the busiest first" }),
    })
    .nullable(),
});

export type LiveLook = z.infer<typeof liveLook>;

export const liveStatus = liveLook
  .extend({
    machine: z.string(),
    machineId: z.string(),
    at: instant.meta({ description: "when it reached the hub, by the hub's clock" }),
  })
  .meta({ id: "LiveStatus" });

export type LiveStatus = z.infer<typeof liveStatus>;
