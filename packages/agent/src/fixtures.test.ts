/** Every collector over every recorded host: what it must make of it stands here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultCollectSettings } from "./collect-settings.ts";
import type { Collected } from "./collector.ts";
import { parseCpuTimes } from "./collectors/cpu.ts";
import { collectors } from "./collectors/index.ts";
import { FileSystems } from "./file-systems.ts";
import { HeldFiles } from "./held-files.ts";
import { ManualClock } from "./manual-clock.ts";
import { OsProcessTable } from "./os-processes/os-process-table.ts";
import { readText } from "./read-text.ts";
import { RunUsage } from "./run-usage.ts";

const hosts = [
  "small-vm",
  "old-kernel",
  "container",
  "many-disks",
  "cgroup1-docker",
  "metal-server",
  "arm-board",
  "kube-node",
] as const;
type Host = (typeof hosts)[number];
const gibibyte = 2 ** 30;

/** When the host was recorded: seconds of `btime` and of uptime. */
const recorded: Record<Host, { bootTime: number; uptime: number }> = {
  "small-vm": { bootTime: 1_795_416_681, uptime: 0 },
  "old-kernel": { bootTime: 1_437_143_100, uptime: 302_415.91 },
  container: { bootTime: 1_760_000_000, uptime: 1_234_567.8 },
  "many-disks": { bootTime: 1_790_000_000, uptime: 250 },
  "cgroup1-docker": { bootTime: 1_795_749_580, uptime: 35_663.39 },
  "metal-server": { bootTime: 1_418_183_276, uptime: 123_456.78 },
  "arm-board": { bootTime: 1_760_100_000, uptime: 25_000 },
  "kube-node": { bootTime: 1_780_000_000, uptime: 864_000 },
};

function statFileSystem() {
  return Promise.resolve({ bsize: 4096, blocks: 1000, bfree: 500, bavail: 250, files: 100, ffree: 20 });
}

/** Two looks 60 s apart at a host on which nothing moves. */
async function looks(host: Host) {
  const folder = join(import.meta.dirname, "../fixtures", host);
  const roots = {
    proc: join(folder, "proc"),
    sys: join(folder, "sys"),
    etc: join(folder, "etc"),
    run: join(folder, "run"),
    var: join(folder, "var"),
  };
  const { bootTime, uptime } = recorded[host];
  const clock = new ManualClock(Math.round((bootTime + uptime) * 1e6));
  const osProcesses = new OsProcessTable(roots);
  const files = new HeldFiles();
  const context = {
    roots,
    settings: { ...defaultCollectSettings, perCore: true },
    agentVersion: "1.2.3",
    files,
    fileSystems: new FileSystems({ roots, clock, statFileSystem }),
    osProcesses,
    runUsage: new RunUsage({ table: osProcesses, roots, clock }),
  };
  const all = collectors.map((create) => create(context));
  const first: Collected[] = [];
  const second: Collected[] = [];
  for (const into of [first, second]) {
    const moment = { at: clock.now(), monotonicSeconds: clock.monotonicSeconds() };
    for (const collector of all) into.push(await collector.collect(moment));
    await clock.advance(60);
  }
  osProcesses.close();
  files.close();
  const readings = second.flatMap((collected) => collected.readings ?? []);
  const value = (metric: string, attributes: Record<string, string> = {}) =>
    readings.find(
      (reading) =>
        reading.metric === metric &&
        Object.entries(attributes).every(([name, wanted]) => reading.attributes[name] === wanted),
    )?.value;
  const attributesOf = (metric: string, name: string) => [
    ...new Set(
      readings.filter((reading) => reading.metric === metric).map((reading) => reading.attributes[name]),
    ),
  ];
  const computers = [...first, ...second].flatMap(({ computer }) => computer ?? []);
  return {
    readings,
    value,
    attributesOf,
    computers,
    computer: computers[0]!,
    osProcesses: second.flatMap(({ osProcesses }) => osProcesses ?? [])[0]!,
  };
}

test.each(hosts)(
  "%s: a second look at a host on which nothing moved has no CPU shares and sends no computer",
  async (host) => {
    const { value, computers } = await looks(host);
    expect(value("system.cpu.utilization")).toBeUndefined();
    expect(computers.map(({ agentVersion }) => agentVersion)).toEqual(["1.2.3"]);
    expect(value("culprit.agent.memory.usage")).toBeGreaterThan(1e7);
  },
);

test("small-vm: a new kernel in a small virtual machine", async () => {
  const { value, attributesOf, computer, osProcesses } = await looks("small-vm");
  expect(computer).toMatchObject({
    hostName: "small-vm",
    timeZone: "Etc/UTC",
    os: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.18.44",
    bootId: "3f1c7f0e-4a1b-4a55-9d5e-0c5c2f0a7b11",
    cpuCores: 2,
    cpuModel: "AMD EPYC",
    cpuMegahertz: 2596.132,
    memoryBytes: 24_684_084 * 1024,
    swapBytes: 0,
    partitions: [{ device: "/dev/vda", mountPoint: "/", fileSystem: "ext4", sizeBytes: 4_096_000 }],
  });
  expect(computer.capabilities).toContain("pressure");
  expect(computer.capabilities).not.toContain("run-queue-wait");
  expect(attributesOf("system.network.io", "network.interface.name")).toEqual(["eth0"]);
  expect(attributesOf("system.disk.io", "system.device")).toEqual(["vda"]);
  expect(value("system.disk.io", { "disk.io.direction": "read" })).toBe(5_961_794 * 512);
  expect(value("system.disk.io", { "disk.io.direction": "write" })).toBe(8_771_968 * 512);
  expect(value("system.disk.io_time")).toBe(12.184);
  expect(value("system.disk.queue_time")).toBe(119.737);
  expect(value("system.linux.pressure", { resource: "cpu", stall: "some" })).toBe(0);
  expect(value("system.linux.run_queue.length")).toBe(0);
  expect(value("system.linux.run_queue.wait")).toBeUndefined();
  expect(value("system.filesystem.utilization", { "system.filesystem.mountpoint": "/" })).toBeCloseTo(2 / 3);
  expect(osProcesses.name).toContain("kthreadd");
  expect(osProcesses.name.some((name) => name.startsWith("kworker/") && !name.includes("-"))).toBe(true);
});

test("old-kernel: no pressure, no MemAvailable, 14 columns of diskstats, a zone west of UTC", async () => {
  const { value, attributesOf, computer, osProcesses } = await looks("old-kernel");
  expect(computer).toMatchObject({
    timeZone: "America/Sao_Paulo",
    os: "CentOS Linux 7 (Core)",
    kernel: "3.10.0-229.el7.x86_64",
    bootedAt: 1_437_143_100_000_000,
    cpuModel: "Intel(R) Xeon(R) CPU           X5650  @ 2.67GHz",
    swapBytes: 2_097_148 * 1024,
    capabilities: [],
  });
  expect(computer.partitions.map(({ device }) => device)).toEqual(["/dev/mapper/centos-root", "/dev/sda1"]);
  const availableKibibytes = 203_456 + 118_020 + 2_118_300 + 201_728 - 98_304;
  expect(value("system.memory.usage", { "system.memory.state": "available" })).toBe(
    availableKibibytes * 1024,
  );
  expect(value("system.paging.usage", { "system.paging.state": "used" })).toBe(
    (2_097_148 - 1_966_080) * 1024,
  );
  expect(value("system.paging.operations", { "system.paging.direction": "out" })).toBe(40_960);
  expect(value("system.linux.load", { "load.period": "1m" })).toBe(2.37);
  expect(value("system.linux.pressure")).toBeUndefined();
  expect(value("system.linux.run_queue.length")).toBe(2);
  expect(value("system.uptime")).toBe(302_415.91);
  expect(attributesOf("system.disk.io", "system.device")).toEqual(["sda"]);
  const received = { "network.interface.name": "eth0", "network.io.direction": "receive" };
  expect(value("system.network.io", received)).toBe(40_923_456_789);
  expect(value("system.network.errors", received)).toBe(12);
  expect(value("system.network.dropped", received)).toBe(345);
  const mysqld = osProcesses.name.indexOf("mysqld");
  expect(osProcesses.cpuTotalSeconds[mysqld]).toBe((5_122_340 + 812_344) / 100);
  expect(osProcesses.threads[mysqld]).toBe(34);
  expect(osProcesses.rssBytes[mysqld]).toBe(98_123 * 4096);
  expect(osProcesses.startedAt[mysqld]).toBe(1_437_143_100_000_000 + 24_110_000);
});

test("container: overlay root, one bind mount of data, no files of the engine, arm64", async () => {
  const { value, attributesOf, computer, osProcesses } = await looks("container");
  expect(computer).toMatchObject({
    hostName: "4f0c1d2e3b4a",
    cpuCores: 8,
    cpuModel: "implementer 0x41, part 0xd0c",
    cpuMegahertz: null,
    capabilities: ["pressure", "cgroup2"],
  });
  expect(computer.partitions.map(({ device, mountPoint }) => [device, mountPoint])).toEqual([
    ["overlay", "/"],
    ["/dev/nvme0n1p1", "/data"],
  ]);
  expect(attributesOf("system.network.io", "network.interface.name")).toEqual(["eth0"]);
  expect(value("system.network.io", { "network.io.direction": "transmit" })).toBe(524_288);
  expect(value("system.linux.pressure", { resource: "memory", stall: "full" })).toBe(0);
  expect(value("system.linux.pressure", { resource: "cpu", stall: "full" })).toBeUndefined();
  expect(value("system.memory.utilization")).toBe((32_768_000 - 20_480_000) / 32_768_000);
  expect(osProcesses.name.toSorted()).toEqual(["node", "tini"]);
  expect(osProcesses.ioReadBytes).toEqual([0, 0]);
});

test("many-disks: whole disks only, each file system once, servers last", async () => {
  const { value, attributesOf, computer, osProcesses } = await looks("many-disks");
  expect(attributesOf("system.disk.io", "system.device")).toEqual([
    "nvme0n1",
    "nvme1n1",
    "sda",
    "sdb",
    "sdc",
    "sdd",
  ]);
  expect(value("system.disk.operations", { "system.device": "sdd", "disk.io.direction": "write" })).toBe(
    50_005,
  );
  expect(computer.partitions.map(({ device, mountPoint }) => `${device} ${mountPoint}`)).toEqual([
    "/dev/mapper/vg0-root /",
    "/dev/nvme0n1p1 /boot",
    "/dev/nvme0n1p2 /boot/efi",
    "/dev/mapper/vg0-var /var",
    "/dev/mapper/vg0-mysql /var/lib/mysql",
    "/dev/md0 /srv",
    "/dev/sdc1 /home",
    "tank /tank",
    "/dev/sdb1 /mnt/old",
    "/dev/mapper/vg0-backup /mnt/backup disk",
    "files.example:/archive /mnt/archive",
  ]);
  expect(computer).toMatchObject({
    timeZone: "Europe/Lisbon",
    cpuMegahertz: 3737,
    memoryBytes: 125 * gibibyte,
    capabilities: ["pressure", "run-queue-wait", "other-users-io"],
  });
  expect(attributesOf("system.network.io", "network.interface.name")).toEqual([
    "eno1",
    "eno2",
    "bond0",
    "bond0.100",
    "wg0",
  ]);
  expect(value("system.linux.run_queue.length")).toBe(8);
  expect(value("system.linux.run_queue.wait")).toBe(15);
  expect(value("system.paging.usage", { "system.paging.state": "free" })).toBe(4_194_302 * 1024);
  expect(value("system.memory.usage", { "system.memory.state": "cached" })).toBe(
    (81_920_000 + 4_096_000) * 1024,
  );
  expect(osProcesses.name.toSorted()).toEqual(["(sd-pam) :) x", "caf� �", "md0_raid6", "systemd"]);
});

test("cgroup1-docker: a container of Docker and a unit in control groups of version 1", async () => {
  const { value, attributesOf } = await looks("cgroup1-docker");
  expect(attributesOf("container.cpu.time", "container.name")).toEqual(["web"]);
  expect(value("container.cpu.time", { "container.runtime": "docker" })).toBe(0.429702132);
  expect(value("container.memory.usage")).toBe(405_504 - 61_440);
  expect(value("container.disk.io")).toBeUndefined();
  expect(attributesOf("systemd.unit.cpu.time", "systemd.unit.name")).toEqual(["cron.service"]);
  const states = { "network.transport": "tcp" };
  expect(value("system.network.connection.count", { ...states, "network.connection.state": "listen" })).toBe(
    2,
  );
  expect(
    value("system.network.connection.count", { ...states, "network.connection.state": "time_wait" }),
  ).toBe(41);
  expect(value("system.linux.login.sessions")).toBeUndefined();
  expect(value("hw.temperature")).toBeUndefined();
  expect(value("system.cpu.frequency")).toBeUndefined();
});

test("metal-server: sensors, units with pressure, huge pages, people logged in", async () => {
  const { value, attributesOf, readings } = await looks("metal-server");
  const sensor = (name: string) => ({ "hw.name": name });
  expect(value("hw.temperature", sensor("Physical id 0"))).toBe(55);
  expect(value("hw.temperature", sensor("Composite"))).toBe(37.85);
  expect(value("hw.fan.speed", sensor("Right side"))).toBe(1998);
  expect(value("hw.power", { "hw.parent": "power_meter" })).toBe(184);
  expect(readings.filter(({ metric }) => metric === "hw.temperature")).toHaveLength(6);
  // The session of the process that is gone does not count.
  expect([value("system.linux.login.sessions"), value("system.linux.login.users")]).toEqual([2, 1]);
  expect(attributesOf("systemd.unit.memory.usage", "systemd.unit.name")).toEqual([
    "cron.service",
    "mariadb.service",
    "user-1000.slice",
    "getty@tty1.service",
  ]);
  const mariadb = { "systemd.unit.name": "mariadb.service" };
  expect(value("systemd.unit.cpu.time", mariadb)).toBe(9876.54321);
  expect(value("systemd.unit.memory.usage", mariadb)).toBe(3 * gibibyte);
  expect(value("systemd.unit.disk.io", { ...mariadb, "disk.io.direction": "write" })).toBe(2 * gibibyte);
  expect(value("systemd.unit.pressure", { ...mariadb, resource: "io" })).toBe(0);
  expect(
    value("system.memory.linux.hugepages.usage", { "system.memory.linux.hugepages.state": "used" }),
  ).toBe(7168);
  expect(value("system.linux.memory.usage", { area: "dirty" })).toBe(768_288 * 1024);
  expect(value("system.linux.memory.oom_kills")).toBe(2);
  expect(value("system.linux.tasks.blocked")).toBe(3);
  expect(value("system.linux.context_switches")).toBe(38_014_093);
  expect(value("system.linux.run_queue.wait")).toBeCloseTo(707_903.592, 2);
  expect(value("system.linux.tcp.listen_overflows")).toBe(9);
  expect(value("system.linux.tcp.retransmitted")).toBe(227);
  expect(value("system.cpu.frequency")).toBe(1.55e9);
  expect(value("system.cpu.frequency", { "cpu.logical_number": "7" })).toBe(1.9e9);
  expect(attributesOf("system.network.io", "network.interface.name")).toEqual(["tun0", "eth0", "ibr10:30"]);
  expect(value("culprit.containers.network.io", { "network.io.direction": "receive" })).toBe(1_943_284);
  expect(value("system.filesystem.inodes.utilization")).toBe(0.8);
  expect(value("system.linux.file_handles.utilization")).toBe(1024 / 1_631_329);
});

test("arm-board: a thermal zone that is a chip as well counts once; logind tells who is logged in", async () => {
  const { attributesOf, value, computer } = await looks("arm-board");
  expect(computer).toMatchObject({ cpuModel: "Raspberry Pi 4 Model B Rev 1.4", cpuMegahertz: 1800 });
  expect(attributesOf("hw.temperature", "hw.parent")).toEqual(["cpu_thermal", "ddr-thermal"]);
  expect(value("hw.temperature", { "hw.id": "hwmon0" })).toBe(48.199);
  expect([value("system.linux.login.sessions"), value("system.linux.login.users")]).toEqual([2, 1]);
  expect(value("system.cpu.frequency")).toBe(6e8);
  expect(attributesOf("system.disk.io", "system.device")).toEqual(["mmcblk0"]);
});

test("kube-node: containers by the name of their pod, 110 inner interfaces as one, sockets too many to list", async () => {
  const { attributesOf, value, readings } = await looks("kube-node");
  expect(attributesOf("container.cpu.time", "container.name")).toEqual([
    "batch-x7k2p/job",
    "shop-0/app",
    "1b2c3d4e5f67",
  ]);
  expect(value("container.cpu.time", { "container.name": "shop-0/app" })).toBe(700_000);
  expect(value("container.pressure", { "container.name": "shop-0/app", resource: "cpu" })).toBe(0);
  expect(attributesOf("systemd.unit.cpu.time", "systemd.unit.name")).toEqual([
    "containerd.service",
    "kubelet.service",
  ]);
  expect(attributesOf("system.network.io", "network.interface.name")).toEqual(["ens5"]);
  expect(value("culprit.containers.network.io", { "network.io.direction": "transmit" })).toBe(6_105_000);
  expect(attributesOf("system.network.connection.count", "network.connection.state")).toEqual([
    "established",
    "time_wait",
  ]);
  expect(value("system.network.connection.count", { "network.connection.state": "established" })).toBe(4123);
  expect(readings.length).toBeLessThan(200);
});

test("docs/metrics.md lists every metric of every host with its unit, and no other", async () => {
  const all = await Promise.all(hosts.map(looks));
  const given = new Set(
    all.flatMap(({ readings }) => readings.map(({ metric, unit }) => `${metric} ${unit}`)),
  );
  const page = readFileSync(join(import.meta.dirname, "../../../docs/metrics.md"), "utf8");
  const [collected = ""] = page.split("## Besides");
  const listed = [...collected.matchAll(/^\| `([\w.]+)` +\| `([^`]+)` +\|/gm)].map(
    ([, metric, unit]) => `${metric} ${unit}`,
  );
  // What takes two looks at which something moved, or more groups than are followed.
  const notHere = [
    "system.cpu.utilization 1",
    "system.linux.disk.await s",
    "system.linux.run_queue.latency s",
    "culprit.agent.groups.left_out {group}",
    "culprit.os_process.short_lived.count {process}",
    "culprit.os_process.short_lived.cpu.time s",
  ];
  expect(listed.toSorted()).toEqual([...given, ...notHere].toSorted());
});

test("cpu: the columns of every host are read", () => {
  const times = hosts.map((host) =>
    parseCpuTimes(readText(join(import.meta.dirname, "../fixtures", host, "proc/stat"))),
  );
  expect(times.map((all) => all.size)).toEqual([3, 3, 9, 5, 3, 9, 5, 5]);
  expect(times.slice(0, 4).map((all) => all.get("all"))).toEqual([
    { user: 22_554, nice: 0, system: 9646, idle: 441_000, iowait: 662, irq: 143, steal: 27 },
    {
      user: 10_132_153,
      nice: 290_696,
      system: 3_084_719,
      idle: 46_828_483,
      iowait: 16_683,
      irq: 25_195,
      steal: 0,
    },
    {
      user: 68_123_412,
      nice: 1123,
      system: 20_123_411,
      idle: 900_123_441,
      iowait: 312_344,
      irq: 1_023_441,
      steal: 90_123,
    },
    { user: 4000, nice: 100, system: 2000, idle: 90_000, iowait: 3000, irq: 200, steal: 700 },
  ]);
});
