/** Beside the figures of a machine at this moment: its cores, disks and interfaces one by one, and the busiest processes. */
import { fullness, type LiveOsProcess, type LiveStatus } from "@culprit/protocol";
import { formatDuration, formatNumber, formatQuantity, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { attributeText } from "@culprit/messages/metric-names";
import { usePreferences } from "../preferences.tsx";
import { CoreBars } from "../ui/core-bars.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { osProcessColumns } from "../ui/os-process-columns.tsx";
import { quantityColumn } from "../ui/quantity-column.tsx";

export function LiveDetails({ status }: { status: LiveStatus }) {
  const { language } = usePreferences();
  const { cpu, osProcesses } = status;
  return (
    <div className="disclosure-body">
      {cpu && <CoreBars shares={cpu.coreBusyShares} />}
      <Facts facts={details(status, language)} />
      {osProcesses && osProcesses.top.length > 0 && (
        <>
          <h3 className="chart-title">
            {m.live_processes({ count: formatNumber(osProcesses.count, language) })}
          </h3>
          <DataTable
            caption={m.live_top()}
            columns={columns(language)}
            rows={osProcesses.top}
            rowKey={({ pid }) => String(pid)}
            order={{ key: "cpu", descending: true }}
            atFirst={10}
          />
        </>
      )}
    </div>
  );
}

function details(status: LiveStatus, language: string): [string, string][] {
  const { cpu, memory, load, uptimeSeconds, logins, fileSystems, disks, network } = status;
  const bytes = (value: number) => formatQuantity(value, "By", language);
  const rate = (value: number) => formatQuantity(value, "By/s", language);
  const facts: [string, string][] = [];
  if (cpu)
    facts.push([
      m.live_cpu_modes(),
      Object.entries(cpu.modeShares)
        .filter(([mode, share]) => share >= 0.005 && mode !== "idle")
        .map(([mode, share]) => `${attributeText({ "cpu.mode": mode })} ${formatShare(share, language)}`)
        .join(", "),
    ]);
  if (memory) facts.push([m.live_memory_of(), `${bytes(memory.usedBytes)} / ${bytes(memory.totalBytes)}`]);
  if (load) {
    const averages = [load.oneMinute, load.fiveMinutes, load.fifteenMinutes];
    facts.push([m.live_loads(), averages.map((value) => formatNumber(value, language)).join(" · ")]);
  }
  if (uptimeSeconds !== null) facts.push([m.live_uptime(), formatDuration(uptimeSeconds, language)]);
  if (logins) facts.push([m.live_logins(), formatNumber(logins.users, language)]);
  for (const one of fileSystems ?? [])
    facts.push([
      one.mountPoint,
      `${formatShare(fullness(one), language)} ${m.live_free({ free: bytes(one.freeBytes) })}`,
    ]);
  for (const { name, busyShare, readBytesPerSecond, writeBytesPerSecond } of disks ?? []) {
    const traffic = { read: rate(readBytesPerSecond), written: rate(writeBytesPerSecond) };
    facts.push([name, `${formatShare(busyShare, language)} ${m.live_disk_traffic(traffic)}`]);
  }
  for (const { name, receiveBytesPerSecond, transmitBytesPerSecond } of network ?? []) {
    const traffic = { received: rate(receiveBytesPerSecond), sent: rate(transmitBytesPerSecond) };
    facts.push([name, m.live_network_traffic(traffic)]);
  }
  return facts;
}

function columns(language: string): Column<LiveOsProcess>[] {
  return [
    ...osProcessColumns(),
    {
      key: "cpu",
      title: m.cpu(),
      numeric: true,
      value: ({ cpuPercent }) => cpuPercent,
      cell: ({ cpuPercent }) => <span className="figure">{formatShare(cpuPercent / 100, language)}</span>,
    },
    quantityColumn("memory", m.memory(), "By", ({ rssBytes }) => rssBytes),
    quantityColumn("reads", m.live_reads(), "By/s", ({ ioReadBytesPerSecond }) => ioReadBytesPerSecond),
    quantityColumn("writes", m.live_writes(), "By/s", ({ ioWriteBytesPerSecond }) => ioWriteBytesPerSecond),
  ];
}
