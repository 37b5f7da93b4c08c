/** What a metric is called in the reader's language; one that we have no word for keeps its own name. */
import { m } from "@culprit/messages";
import type { Locale } from "@culprit/messages/runtime";
import type { Text } from "./text.ts";

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
  "system.cpu.frequency": m.metric_cpu_frequency,
  "system.linux.run_queue.latency": m.metric_run_queue_latency,
  "system.linux.tasks.blocked": m.metric_blocked,
  "system.linux.context_switches": m.metric_context_switches,
  "system.memory.linux.slab.usage": m.metric_slab,
  "system.memory.linux.hugepages.usage": m.metric_huge_pages,
  "system.linux.memory.usage": m.metric_memory_areas,
  "system.linux.memory.oom_kills": m.metric_oom_kills,
  "system.paging.faults": m.metric_major_faults,
  "system.linux.disk.await": m.metric_disk_await,
  "system.filesystem.inodes.utilization": m.metric_inodes,
  "system.network.packet.count": m.metric_packets,
  "culprit.containers.network.io": m.metric_containers_network,
  "system.network.connection.count": m.metric_connections,
  "system.linux.tcp.sent": m.metric_tcp_sent,
  "system.linux.tcp.retransmitted": m.metric_tcp_retransmitted,
  "system.linux.tcp.failed_opens": m.metric_tcp_failed,
  "system.linux.tcp.listen_overflows": m.metric_tcp_overflows,
  "system.linux.file_handles.usage": m.metric_files,
  "system.linux.file_handles.utilization": m.metric_files_share,
  "system.linux.login.sessions": m.metric_sessions,
  "system.linux.login.users": m.metric_users,
  "systemd.unit.cpu.time": m.metric_unit_cpu,
  "systemd.unit.memory.usage": m.metric_unit_memory,
  "systemd.unit.disk.io": m.metric_unit_disk,
  "systemd.unit.pressure": m.metric_unit_pressure,
  "container.cpu.time": m.metric_container_cpu,
  "container.memory.usage": m.metric_container_memory,
  "container.disk.io": m.metric_container_disk,
  "container.pressure": m.metric_container_pressure,
  "hw.temperature": m.metric_temperature,
  "hw.fan.speed": m.metric_fan,
  "hw.power": m.metric_power,
  "system.linux.tasks.created": m.metric_tasks_created,
  "culprit.user.cpu.time": m.metric_user_cpu,
  "culprit.user.memory.usage": m.metric_user_memory,
  "culprit.user.disk.io": m.metric_user_disk,
  "culprit.user.processes": m.metric_user_processes,
  "culprit.os_process.short_lived.count": m.metric_short_lived,
  "culprit.os_process.short_lived.cpu.time": m.metric_short_lived_cpu,
  "culprit.agent.sampling.factor": m.metric_sampling_factor,
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
  area: {
    dirty: m.area_dirty,
    writeback: m.area_writeback,
    committed: m.area_committed,
    shared: m.area_shared,
    page_tables: m.area_page_tables,
  },
  "network.connection.state": {
    established: m.tcp_established,
    listen: m.tcp_listen,
    time_wait: m.tcp_time_wait,
    close_wait: m.tcp_close_wait,
    syn_sent: m.tcp_syn_sent,
    syn_recv: m.tcp_syn_recv,
  },
  resource: { cpu: m.cpu, memory: m.memory, io: m.disk },
  stall: { some: m.stall_some, full: m.stall_full },
  "load.period": { "1m": m.load_1m, "5m": m.load_5m, "15m": m.load_15m },
};

function attributeValueName(name: string, value: string, locale: Locale | undefined): string {
  if (value === "(others)") return m.others_together({}, options(locale));
  if (name === "process.parent.name") return m.children_of({ name: value }, options(locale));
  return values[name]?.[value]?.({}, options(locale)) ?? value;
}

const options = (locale: Locale | undefined) => (locale === undefined ? {} : { locale });
