/** What an agent of a small server measures every ten seconds; gauges first, then counters. */
import type { SeriesDescription } from "@culprit/protocol";

type Made = SeriesDescription & {
  /** The value of a point in SQL, from `r`: a random number in [0, 1). */
  value: string;
};

const share = "round(r * r * 2000) / 2000";
const bytes = "(1000000 + (r * 4000)::integer) * 4096.0";
const gauge = (metric: string, attributes: Record<string, string>, unit: string, value: string): Made => ({
  metric,
  attributes,
  unit,
  type: "gauge",
  value,
});
const counter = (metric: string, attributes: Record<string, string>, unit: string, value: string): Made => ({
  ...gauge(metric, attributes, unit, value),
  type: "counter",
});
const each = (key: string, values: string[], make: (attributes: Record<string, string>) => Made): Made[] =>
  values.map((value) => make({ [key]: value }));

const filesystem = { "system.device": "sda1", "system.filesystem.mountpoint": "/" };

export const series: readonly Made[] = [
  ...each("cpu.mode", ["user", "system", "iowait", "steal", "nice", "irq", "idle"], (attributes) =>
    gauge("system.cpu.utilization", attributes, "1", share),
  ),
  ...each("system.memory.state", ["used", "free", "cached", "buffers", "available"], (attributes) =>
    gauge("system.memory.usage", attributes, "By", bytes),
  ),
  gauge("system.memory.utilization", {}, "1", share),
  ...each("system.paging.state", ["used", "free"], (attributes) =>
    gauge("system.paging.usage", attributes, "By", "4294967296"),
  ),
  ...each("load.period", ["1m", "5m", "15m"], (attributes) =>
    gauge("system.linux.load", attributes, "1", "round(r * 400) / 100"),
  ),
  ...each("system.filesystem.state", ["used", "free"], (state) =>
    gauge("system.filesystem.usage", { ...filesystem, ...state }, "By", bytes),
  ),
  gauge("system.filesystem.utilization", filesystem, "1", share),
  ...["cpu", "memory", "io"].flatMap((resource) =>
    each("stall", ["some", "full"], (stall) =>
      gauge("system.linux.pressure", { resource, ...stall }, "1", "round(r * r * r * 100000) / 10000000"),
    ),
  ),
  gauge("system.linux.run_queue.length", {}, "1", "round(r * 6)"),
  gauge("system.uptime", {}, "s", "round(tick * 10.0)"),
  gauge("culprit.agent.memory.usage", {}, "By", bytes),
  gauge("culprit.agent.spool.size", {}, "By", "0"),
  ...["system.network.io", "system.network.errors", "system.network.dropped"].flatMap((metric) =>
    each("network.io.direction", ["receive", "transmit"], (direction) =>
      counter(
        metric,
        { "network.interface.name": "eth0", ...direction },
        metric.endsWith("io") ? "By" : "{packet}",
        metric.endsWith("io") ? "round(r * r * 20000000)" : "0",
      ),
    ),
  ),
  ...["system.disk.io", "system.disk.operations"].flatMap((metric) =>
    each("disk.io.direction", ["read", "write"], (direction) =>
      counter(metric, { "system.device": "sda", ...direction }, "By", "round(r * r * 5000) * 4096"),
    ),
  ),
  counter("system.disk.io_time", { "system.device": "sda" }, "s", "round(r * r * 5000) / 1000"),
  counter("system.disk.queue_time", { "system.device": "sda" }, "s", "round(r * r * 9000) / 1000"),
  counter("system.linux.run_queue.wait", {}, "s", "round(r * r * 9000000) / 1000000"),
  counter("culprit.agent.cpu.time", {}, "s", "round(r * 10) / 100"),
];
