import { expect, test } from "vitest";
import { cpuShares, parseCpuTimes } from "./cpu.ts";
import { parseOperatingSystem, parseProcessor } from "./computer.ts";
import { parseDiskStatistics } from "./disk-io.ts";
import { parseLoad } from "./load.ts";
import { memoryUse, parseMemoryInfo, parsePaging } from "./memory.ts";
import { parseNetworkInterfaces } from "./network.ts";
import { parsePressure } from "./pressure.ts";
import { parseFileHandles } from "./file-handles.ts";
import { parseLogindSession, parseUtmp } from "./logged-in-users.ts";
import { parseRunQueue, parseTasks } from "./scheduler.ts";
import { countStates, parseSockets, parseTwoLines } from "./tcp.ts";

test("cpu: modes of all cores and of each; soft interrupts count as interrupts, guests are not counted twice", () => {
  const times = parseCpuTimes(
    "cpu  10 1 20 300 4 5 6 7 9 9\ncpu0 5 1 10 150 2 3 3 4 9 9\nintr 1 2\ncpu9 0\n",
  );
  expect(times.get("all")).toEqual({
    user: 10,
    nice: 1,
    system: 20,
    idle: 300,
    iowait: 4,
    irq: 11,
    steal: 7,
  });
  expect([...times.keys()]).toEqual(["all", "0"]);
});

test("cpu: a kernel with fewer columns has no steal", () => {
  expect(parseCpuTimes("cpu  1 2 3 4\n").get("all")).toEqual({
    user: 1,
    nice: 2,
    system: 3,
    idle: 4,
    iowait: 0,
    irq: 0,
    steal: 0,
  });
});

test("cpu: shares add up to one, and a mode that fell counts as still", () => {
  const before = { user: 0, nice: 0, system: 0, idle: 100, iowait: 50, irq: 0, steal: 0 };
  const shares = cpuShares(before, { ...before, user: 30, steal: 10, idle: 160, iowait: 49 })!;
  expect(shares).toMatchObject({ user: 0.3, steal: 0.1, idle: 0.6, iowait: 0 });
  expect(cpuShares(before, before)).toBeNull();
});

test("memory: available is what the kernel says, else free, buffers and cache without shared memory", () => {
  const lines =
    "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 300 kB\nShmem: 40 kB\nSReclaimable: 20 kB\n";
  expect(memoryUse(parseMemoryInfo(`${lines}MemAvailable: 600 kB\n`))).toMatchObject({
    used: 400 * 1024,
    cached: 320 * 1024,
  });
  expect(memoryUse(parseMemoryInfo(lines)).available).toBe(430 * 1024);
  expect(() => memoryUse(parseMemoryInfo(""))).toThrow("MemTotal");
});

test("memory: names with parentheses are lines of their own, huge pages are a number and no bytes", () => {
  expect([...parseMemoryInfo("Active(anon):  12 kB\nHugePages_Total:  5\n")]).toEqual([
    ["Active(anon)", 12_288],
    ["HugePages_Total", 5],
  ]);
});

test("paging: pages in and out, or nothing", () => {
  expect(parsePaging("pgpgin 1\npswpin 2\npswpout 3\n")).toEqual({ in: 2, out: 3 });
  expect(parsePaging("pgpgin 1\n")).toBeNull();
});

test("load: three averages, and nothing else", () => {
  expect(parseLoad("0.13 10.09 0.05 1/91 8439\n")).toEqual({ "1m": 0.13, "5m": 10.09, "15m": 0.05 });
  expect(() => parseLoad("")).toThrow("averages");
});

test("network: a number may touch the colon, and a name may have one", () => {
  const numbers = "12345678901 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
  const text = `  eth0:${numbers}\nveth1a: ${numbers}\nens3:7: ${numbers}\njunk: 1 2\n`;
  expect(parseNetworkInterfaces(text)).toEqual([
    {
      name: "eth0",
      receive: { bytes: 12_345_678_901, packets: 2, errors: 3, dropped: 4 },
      transmit: { bytes: 9, packets: 10, errors: 11, dropped: 12 },
    },
    { name: "veth1a", receive: expect.anything() as unknown, transmit: expect.anything() as unknown },
    { name: "ens3:7", receive: expect.anything() as unknown, transmit: expect.anything() as unknown },
  ]);
});

test("disk io: 14 columns or more; what lies on other disks is left out", () => {
  const line = "   8       0 sda 1 2 3 4 5 6 7 8 9 1000 2500";
  expect(parseDiskStatistics(`${line}\n${line.replace("sda", "sdb")} 1 2 3 4 5 6\n`)).toMatchObject([
    {
      device: "sda",
      readOperations: 1,
      readBytes: 3 * 512,
      writeOperations: 5,
      writeBytes: 7 * 512,
      readSeconds: 0.004,
      writeSeconds: 0.008,
      ioSeconds: 1,
      queueSeconds: 2.5,
    },
    { device: "sdb" },
  ]);
  const others = ["loop0", "ram1", "dm-3", "md127", "zram0", "sr0", "nvme0c0n1"];
  expect(others.flatMap((device) => parseDiskStatistics(line.replace("sda", device)))).toEqual([]);
  expect(parseDiskStatistics("   8       1 sda1 1 2 3 4\n")).toEqual([]);
});

test("pressure: totals of both kinds; older kernels have no full line for cpu", () => {
  const some = "some avg10=0.69 avg60=0.94 avg300=0.83 total=25546574\n";
  expect([...parsePressure(some)]).toEqual([["some", 25_546_574]]);
  expect([...parsePressure(`${some}full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n`)]).toHaveLength(2);
  expect([...parsePressure("")]).toEqual([]);
});

test("scheduler: running tasks, and the wait of all cores in seconds", () => {
  expect(parseTasks("ctxt 1\nprocesses 900\nprocs_running 4\nprocs_blocked 2\n")).toEqual({
    running: 4,
    blocked: 2,
    switches: 1,
    created: 900,
  });
  expect(parseTasks("")).toEqual({ running: null, blocked: null, switches: null, created: null });
  const schedstat =
    "version 15\ncpu0 0 0 1 2 3 4 5 1500000000 7\ndomain0 f 1 2\ncpu1 0 0 1 2 3 4 5 500000000 7\n";
  expect(parseRunQueue(schedstat)).toEqual({ waitSeconds: 2, turns: 14 });
  expect(parseRunQueue("")).toBeNull();
});

test("computer: a processor without a model name is called by implementer and part", () => {
  expect(
    parseProcessor("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\nprocessor\t: 1\n"),
  ).toEqual({
    cpuCores: 2,
    cpuModel: "implementer 0x41, part 0xd0c",
    cpuMegahertz: null,
  });
});

test("computer: the name of the system, quoted or not", () => {
  expect(parseOperatingSystem('NAME=x\nPRETTY_NAME="Debian \\"12\\""\n')).toBe('Debian "12"');
  expect(parseOperatingSystem("PRETTY_NAME='Alpine Linux v3.20'\n")).toBe("Alpine Linux v3.20");
  expect(parseOperatingSystem("PRETTY_NAME=Void\n")).toBe("Void");
  expect(parseOperatingSystem("ID=x\n")).toBeNull();
});

test("file handles: those in use against the limit", () => {
  expect(parseFileHandles("1024\t24\t1631329\n")).toEqual({ used: 1000, limit: 1_631_329 });
  expect(() => parseFileHandles("")).toThrow("file-nr");
});

test("tcp: values stand below their names, and sockets of both versions of IP are counted", () => {
  const snmp = "Ip: A\nIp: 1\nTcp: MaxConn CurrEstab RetransSegs\nTcp: -1 17 227\n";
  expect([...parseTwoLines(snmp, "Tcp")]).toEqual([
    ["MaxConn", -1],
    ["CurrEstab", 17],
    ["RetransSegs", 227],
  ]);
  expect([...parseTwoLines("", "Tcp")]).toEqual([]);
  const sockstat = "sockets: used 9\nTCP: inuse 5 orphan 0 tw 4 alloc 17 mem 1\n";
  expect(parseSockets(sockstat, "TCP6: inuse 3\n")).toEqual({ inUse: 8, timeWait: 4 });
  expect(parseSockets("", "")).toBeNull();
});

test("tcp: states of both tables; what is counted, and what passes within a moment, is not listed", () => {
  const line = (state: string) =>
    `   0: 0100007F:1F90 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0\n`;
  const counts = countStates(line("0A") + line("01") + line("04"), line("01") + line("08"));
  expect(Object.fromEntries(counts)).toEqual({
    syn_sent: 0,
    syn_recv: 0,
    close_wait: 1,
    listen: 1,
  });
});

/** A record of utmp(5) of either length. */
function utmpRecord(length: number, type: number, pid: number, line: string, user: string): Buffer {
  const record = Buffer.alloc(length);
  record.writeInt16LE(type, 0);
  record.writeInt32LE(pid, 4);
  record.write(line, 8);
  record.write(user, 44);
  return record;
}

test.each([384, 400])("users: records of %i bytes, sessions of people alone", (length) => {
  const bytes = Buffer.concat([
    utmpRecord(length, 2, 0, "~", "reboot"),
    utmpRecord(length, 7, 812, "tty1", "ana"),
    utmpRecord(length, 8, 900, "pts/1", ""),
  ]);
  expect(parseUtmp(bytes)).toEqual([{ user: "ana", line: "tty1", pid: 812 }]);
});

test("users: sessions of systemd-logind; its services, greeters and closing sessions are none", () => {
  expect(parseLogindSession("UID=1000\nUSER=ana\nSTATE=active\nCLASS=user\n")).toBe("1000");
  expect(parseLogindSession("UID=110\nUSER=gdm\nSTATE=active\nCLASS=greeter\n")).toBeNull();
  expect(parseLogindSession("UID=1000\nSTATE=closing\nCLASS=user\n")).toBeNull();
  expect(parseLogindSession("UID=0\nSTATE=active\nCLASS=manager\n")).toBeNull();
});
