/** What the figures of a machine at this moment are called. */
import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

export const liveFigureNames = {
  cpuShare: m.live_figure_cpu,
  memoryShare: m.live_figure_memory,
  swapShare: m.live_figure_swap,
  loadOneMinute: m.live_figure_load,
  pressureShare: m.live_figure_pressure,
  diskBusyShare: m.live_figure_disk_busy,
  diskReadBytesPerSecond: m.live_figure_disk_read,
  diskWriteBytesPerSecond: m.live_figure_disk_write,
  networkReceiveBytesPerSecond: m.live_figure_receive,
  networkTransmitBytesPerSecond: m.live_figure_transmit,
  fileSystemShare: m.live_figure_file_system,
} as const satisfies Record<string, Text>;
