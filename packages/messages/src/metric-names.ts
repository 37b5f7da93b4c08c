/** What a metric is called in the reader's language; one that we have no word for keeps its own name. */
import { m } from "@culprit/messages";
import type { Locale } from "@culprit/messages/runtime";

/** Without a locale a text is in the language that was set for the whole program. */
type Text = (inputs?: Record<string, never>, options?: { locale?: Locale }) => string;

const names: Record<string, Text> = {
  "system.cpu.utilization": m.metric_cpu,
  "system.memory.usage": m.metric_memory,
  "system.memory.utilization": m.metric_memory_share,
  "system.paging.usage": m.metric_swap,
  "system.paging.operations": m.metric_paging,
  "system.linux.load": m.metric_load,
  "system.network.io": m.metric_network,
  "system.network.errors": m.metric_network_errors,
  "system.network.dropped": m.metric_network_dropped,
  "system.disk.io": m.metric_disk_io,
  "system.disk.operations": m.metric_disk_operations,
  "system.disk.io_time": m.metric_disk_busy,
  "system.disk.queue_time": m.metric_disk_queue,
  "system.filesystem.usage": m.metric_file_system,
  "system.filesystem.utilization": m.metric_file_system_share,
  "system.linux.pressure": m.metric_pressure,
  "system.linux.run_queue.length": m.metric_run_queue,
  "system.linux.run_queue.wait": m.metric_run_queue_wait,
  "system.uptime": m.metric_uptime,
  "culprit.agent.cpu.time": m.metric_agent_cpu,
  "culprit.agent.memory.usage": m.metric_agent_memory,
};

/** `CPU: user`, `Disk traffic: read, sda`. */
export function metricName(
  metric: string,
  attributes: Readonly<Record<string, string>>,
  locale?: Locale,
): string {
  const name = names[metric]?.({}, options(locale)) ?? metric;
  const parts = attributeText(attributes, locale);
  return parts ? `${name}: ${parts}` : name;
}

/** The values that tell series of one metric apart, in words where we have them. */
export function attributeText(attributes: Readonly<Record<string, string>>, locale?: Locale): string {
  return Object.entries(attributes)
    .map(([name, value]) => attributeValueName(name, value, locale))
    .join(", ");
}

const values: Record<string, Record<string, Text>> = {
  "cpu.mode": {
    user: m.cpu_user,
    system: m.cpu_system,
    iowait: m.cpu_iowait,
    steal: m.cpu_steal,
    nice: m.cpu_nice,
    irq: m.cpu_irq,
    idle: m.cpu_idle,
  },
  "system.memory.state": {
    used: m.memory_used,
    free: m.memory_free,
    cached: m.memory_cached,
    buffers: m.memory_buffers,
    available: m.memory_available,
  },
  "network.io.direction": { receive: m.received, transmit: m.sent },
  "disk.io.direction": { read: m.read, write: m.written },
  resource: { cpu: m.cpu, memory: m.memory, io: m.disk },
  stall: { some: m.stall_some, full: m.stall_full },
  "load.period": { "1m": m.load_1m, "5m": m.load_5m, "15m": m.load_15m },
};

function attributeValueName(name: string, value: string, locale: Locale | undefined): string {
  return values[name]?.[value]?.({}, options(locale)) ?? value;
}

const options = (locale: Locale | undefined) => (locale === undefined ? {} : { locale });
