import type { CollectorFactory, Reading } from "../collector.ts";

/** What the agent costs the machine. */
export const agentItself: CollectorFactory = ({ settings }) => ({
  name: "agent-itself",
  everySeconds: settings.hostSeconds,
  collect() {
    const { user, system } = process.cpuUsage();
    return {
      readings: [
        cpuTime("user", user),
        cpuTime("system", system),
        {
          metric: "culprit.agent.memory.usage",
          attributes: {},
          unit: "By",
          type: "gauge",
          value: process.memoryUsage.rss(),
        },
      ],
    };
  },
});

function cpuTime(mode: "user" | "system", micros: number): Reading {
  return {
    metric: "culprit.agent.cpu.time",
    attributes: { "cpu.mode": mode },
    unit: "s",
    type: "counter",
    value: micros / 1e6,
  };
}
