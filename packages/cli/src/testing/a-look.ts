import type { LiveStatus } from "@culprit/protocol";

/** A machine at a moment, all of it told. */
export function aLook(change: Partial<LiveStatus> = {}): LiveStatus {
  const process = { user: "postgres", threads: 1, ioReadBytesPerSecond: null, ioWriteBytesPerSecond: null };
  const gibibyte = 1024 ** 3;
  return {
    machine: "db-1",
    machineId: "m_1",
    at: "2026-11-23T03:00:00Z",
    spanSeconds: 2,
    uptimeSeconds: 3600,
    cpu: {
      busyShare: 0.5,
      modeShares: { user: 0.4, nice: 0, system: 0.1, idle: 0.4, iowait: 0.1, irq: 0, steal: 0 },
      coreBusyShares: [0.9, 0.1],
    },
    memory: {
      totalBytes: 8 * gibibyte,
      usedBytes: 6 * gibibyte,
      availableBytes: 2 * gibibyte,
      cachedBytes: gibibyte,
      buffersBytes: 0,
      swapTotalBytes: gibibyte,
      swapUsedBytes: 0,
    },
    load: { oneMinute: 1.5, fiveMinutes: 1.25, fifteenMinutes: 1 },
    pressure: { cpu: { someShare: 0.25 } },
    disks: [
      {
        name: "sda",
        busyShare: 0.3,
        readBytesPerSecond: 2048,
        writeBytesPerSecond: 4096,
        operationsPerSecond: 10,
      },
    ],
    fileSystems: [{ mountPoint: "/", device: "/dev/sda1", usedBytes: 3 * gibibyte, freeBytes: gibibyte }],
    network: [{ name: "eth0", receiveBytesPerSecond: 512, transmitBytesPerSecond: 1024 }],
    logins: { sessions: 3, users: 2 },
    osProcesses: {
      count: 90,
      top: [
        {
          ...process,
          pid: 41,
          name: "postgres",
          cpuPercent: 120,
          rssBytes: gibibyte,
          ioReadBytesPerSecond: 1024,
          ioWriteBytesPerSecond: 2048,
        },
        {
          ...process,
          pid: 42,
          name: "backup",
          cpuPercent: 20,
          rssBytes: 2 * gibibyte,
          ioReadBytesPerSecond: 512,
        },
        { ...process, pid: 7, name: "agent", user: "root", cpuPercent: 1, rssBytes: 1024 },
      ],
    },
    ...change,
  };
}
