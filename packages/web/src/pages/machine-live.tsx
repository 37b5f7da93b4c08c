/** A machine at this moment: asked of it every two seconds while this is in view. */
import { useState } from "react";
import { Button } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import {
  fullness,
  liveFigures,
  liveFigureUnits,
  type LiveFigure,
  type LiveOsProcess,
  type LiveStatus,
  type Machine,
} from "@culprit/protocol";
import { formatDuration, formatNumber, formatQuantity, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { liveFigureNames } from "@culprit/messages/live-names";
import { attributeText } from "@culprit/messages/metric-names";
import { useLive, type Look } from "../api/live.ts";
import { usePreferences } from "../preferences.tsx";
import { CoreBars } from "../ui/core-bars.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { Section } from "../ui/page.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";

export function MachineLive({ machine }: { machine: Machine }) {
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const [paused, setPaused] = useState(false);
  const live = useLive(machine.id, machine.connected && inViewport && !paused);
  return (
    <div ref={ref}>
      <Section
        title={m.live_title()}
        aside={
          machine.connected && (
            <>
              <span className="quiet small">{m.live_note()}</span>{" "}
              <Button
                size="compact-xs"
                variant="default"
                leftSection={
                  paused ? (
                    <IconPlayerPlay size={14} aria-hidden />
                  ) : (
                    <IconPlayerPause size={14} aria-hidden />
                  )
                }
                onClick={() => setPaused(!paused)}
              >
                {paused ? m.live_go_on() : m.live_pause()}
              </Button>
            </>
          )
        }
      >
        {machine.connected ? (
          <Answered query={live} height={420}>
            {({ status, looks }) => <Status status={status} looks={looks} machine={machine} />}
          </Answered>
        ) : (
          <p className="quiet">{m.live_not_connected()}</p>
        )}
      </Section>
    </div>
  );
}

function Status({
  status,
  looks,
  machine,
}: {
  status: LiveStatus;
  looks: readonly Look[];
  machine: Machine;
}) {
  const { language } = usePreferences();
  const zone = machine.computer?.timeZone;
  return (
    <>
      <p className="quiet small">
        <Instant at={status.at} absolute {...(zone === undefined ? {} : { zone })} />
        {" · "}
        {m.live_over({ span: formatDuration(status.spanSeconds, language) })}
      </p>
      <dl className="facts live-figures">
        {liveFigures.map((figure) => (
          <Figure key={figure} figure={figure} looks={looks} />
        ))}
      </dl>
      {status.cpu && <CoreBars shares={status.cpu.coreBusyShares} />}
      <Facts facts={details(status, language)} />
      {status.osProcesses && status.osProcesses.top.length > 0 && (
        <>
          <h3 className="chart-title">
            {m.live_processes({ count: formatNumber(status.osProcesses.count, language) })}
          </h3>
          <DataTable
            caption={m.live_processes({ count: formatNumber(status.osProcesses.count, language) })}
            columns={columns(language)}
            rows={status.osProcesses.top}
            rowKey={({ pid }) => String(pid)}
            order={{ key: "cpu", descending: true }}
            atFirst={8}
          />
        </>
      )}
    </>
  );
}

/** Shares are drawn against all, amounts against the largest of the last minutes. */
function Figure({ figure, looks }: { figure: LiveFigure; looks: readonly Look[] }) {
  const { language } = usePreferences();
  const values = looks.map(({ figures }) => figures && figures[figure]);
  const now = values.at(-1) ?? null;
  const isShare = liveFigureUnits[figure] === "1" && figure !== "loadOneMinute";
  const most = isShare ? 1 : Math.max(1, ...values.map((value) => value ?? 0));
  return (
    <div>
      <dt>{liveFigureNames[figure]()}</dt>
      <dd className="figure">
        {figure === "loadOneMinute" && now !== null
          ? formatNumber(now, language)
          : formatQuantity(now, liveFigureUnits[figure], language)}
        <Sparkline values={values} max={most} />
      </dd>
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
  const amount = (
    key: string,
    title: string,
    unit: string,
    value: (row: LiveOsProcess) => number | null,
  ): Column<LiveOsProcess> => ({
    key,
    title,
    numeric: true,
    value,
    cell: (row) => <Quantity value={value(row)} unit={unit} />,
  });
  return [
    { key: "name", title: m.os_process(), value: ({ name }) => name },
    { key: "user", title: m.user(), value: ({ user }) => user },
    {
      key: "pid",
      title: m.pid(),
      numeric: true,
      value: ({ pid }) => pid,
      cell: ({ pid }) => <span className="figure">{pid}</span>,
    },
    {
      key: "cpu",
      title: m.cpu(),
      numeric: true,
      value: ({ cpuPercent }) => cpuPercent,
      cell: ({ cpuPercent }) => <span className="figure">{formatShare(cpuPercent / 100, language)}</span>,
    },
    amount("memory", m.memory(), "By", ({ rssBytes }) => rssBytes),
    amount("reads", m.live_reads(), "By/s", ({ ioReadBytesPerSecond }) => ioReadBytesPerSecond),
    amount("writes", m.live_writes(), "By/s", ({ ioWriteBytesPerSecond }) => ioWriteBytesPerSecond),
  ];
}
