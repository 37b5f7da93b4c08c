/** The process table of a machine at an instant that was clicked, or now. */
import { Button, Slider } from "@mantine/core";
import type { Machine, OsProcess } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useOsProcesses } from "../api/os-processes.ts";
import type { Span } from "../api/window.ts";
import { useChartContext } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { osProcessColumns } from "../ui/os-process-columns.tsx";
import { quantityColumn } from "../ui/quantity-column.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Duration, Instant } from "../ui/time.tsx";

/** The same choice as a click on a chart, for the keyboard. */
export function InstantSlider({
  span,
  at,
  onInstant,
  zone,
  margins,
}: {
  span: Span;
  at: number | undefined;
  onInstant: (at: number) => void;
  zone: string | undefined;
  margins: { left: number; right: number };
}) {
  const { locale, zone: shown } = useChartContext(zone);
  const text = (time: number) => formatTime(time, shown, locale);
  return (
    <div className="instant-slider" style={{ marginLeft: margins.left, marginRight: margins.right }}>
      <Slider
        size="sm"
        min={span.from}
        max={span.to}
        step={Math.max(1000, (span.to - span.from) / 360)}
        value={at ?? span.to}
        onChange={onInstant}
        label={text}
        thumbLabel={m.instant()}
        thumbProps={{ "aria-valuetext": text(at ?? span.to) }}
      />
    </div>
  );
}

export function OsProcessTable({
  machine,
  at,
  onNow,
}: {
  machine: Machine;
  at: number | undefined;
  onNow: () => void;
}) {
  const processes = useOsProcesses(machine.id, at);
  const zone = machine.timeZone;
  return (
    <Section
      title={m.os_processes()}
      aside={
        at === undefined ? (
          <span className="quiet small">{m.now()}</span>
        ) : (
          <>
            <Instant at={at} absolute {...(zone === undefined ? {} : { zone })} />{" "}
            <Button size="compact-xs" variant="default" onClick={onNow}>
              {m.show_now()}
            </Button>
          </>
        )
      }
    >
      <Answered query={processes} height={240}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={m.no_os_processes_then()} />
          ) : (
            <DataTable
              caption={m.os_processes()}
              columns={columnsFor(items)}
              rows={items}
              rowKey={({ uid }) => uid}
              order={{ key: "cpu", descending: true }}
              atFirst={20}
            />
          )
        }
      </Answered>
    </Section>
  );
}

/** Command lines have a column where an agent tells them. */
function columnsFor(items: readonly OsProcess[]): Column<OsProcess>[] {
  if (items.every(({ arguments: line }) => line === null)) return columns();
  const [name, ...others] = columns();
  return [name!, { key: "arguments", title: m.command_line(), value: (row) => row.arguments }, ...others];
}

function columns(): Column<OsProcess>[] {
  const perSecond = (sum: number | null, { intervalSeconds }: OsProcess) =>
    sum === null || intervalSeconds <= 0 ? null : sum / intervalSeconds;
  const percentOfTime = (seconds: number | null, row: OsProcess) => {
    const share = perSecond(seconds, row);
    return share === null ? null : 100 * share;
  };
  return [
    ...osProcessColumns(),
    quantityColumn("cpu", m.cpu(), "%", ({ cpuPercent }) => cpuPercent),
    {
      key: "cpuTotal",
      title: m.cpu_time(),
      numeric: true,
      value: ({ cpuTotalSeconds }) => cpuTotalSeconds,
      cell: ({ cpuTotalSeconds }) => <Duration seconds={cpuTotalSeconds} />,
    },
    quantityColumn("waited", m.run_queue_time(), "%", (row) => percentOfTime(row.runQueueSeconds, row)),
    quantityColumn("rss", m.memory(), "By", ({ rssBytes }) => rssBytes),
    quantityColumn("memory", m.memory_share(), "%", ({ memoryPercent }) => memoryPercent),
    quantityColumn("read", m.read(), "By/s", (row) => perSecond(row.ioReadBytes, row)),
    quantityColumn("written", m.written(), "By/s", (row) => perSecond(row.ioWriteBytes, row)),
    { key: "threads", title: m.threads(), numeric: true, value: ({ threads }) => threads },
    {
      key: "started",
      title: m.started(),
      value: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <Instant at={startedAt} />,
    },
  ];
}
