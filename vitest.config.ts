import { defineConfig } from "vitest/config";

const conditions = { conditions: ["development", "module", "node", "default"] };
const sources = { resolve: conditions, ssr: { resolve: conditions } };

/** The machine's own cron is no part of a test: an agent observes it where a test says so. */
const env = { CULPRIT_OBSERVE_CRON: "false", CULPRIT_OBSERVE_SYSTEMD: "false" };
const wholeSystem = { env, testTimeout: 300_000, hookTimeout: 120_000 };

const packages = [
  "protocol",
  "messages",
  "analysis",
  "simulator",
  "probes",
  "charts",
  "web",
  "agent",
  "hub",
  "cli",
];

/** It measures the machine: nothing else may run meanwhile. */
const measuring = ["slower-machine"].map(inE2e);
/** The one uses the whole machine now and then, after the other has ended; the other sees the jobs of any cron on it. */
const alone = ["real-input", "cron"].map(inE2e);
/** They mostly wait for what has its time, and need a machine that keeps it: beside each other, and nothing else. */
const waiting = ["every-way-in", "fleet-network"].map(inE2e);

function inE2e(name: string): string {
  return `e2e/${name}.test.ts`;
}

/** One project per package (fast), and the whole system (`e2e`: a browser, real faults; and those named above). */
export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        ...sources,
        test: {
          name,
          include: [`packages/${name}/**/*.test.ts`, `packages/${name}/**/*.test.tsx`],
          env,
          // Nothing is mocked and nothing is kept in modules: their files share what they import, which takes longer than many of them do.
          isolate: false,
          testTimeout: 20_000,
        },
      })),
      { ...sources, test: { name: "bench", include: ["bench/**/*.test.ts"], env, hookTimeout: 180_000 } },
      {
        ...sources,
        test: {
          ...wholeSystem,
          name: "e2e",
          include: ["e2e/*.test.ts"],
          exclude: [...measuring, ...alone, ...waiting],
        },
      },
      { ...sources, test: { ...wholeSystem, name: "e2e-waiting", include: waiting } },
      { ...sources, test: { ...wholeSystem, name: "e2e-alone", include: alone } },
      { ...sources, test: { ...wholeSystem, name: "e2e-measuring", include: measuring } },
    ],
  },
});
