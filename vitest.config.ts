import { defineConfig } from "vitest/config";

const development = { conditions: ["development", "module", "node", "default"] };

/** The machine's own cron is no part of a test: an agent observes it where a test says so. */
const env = { CULPRIT_OBSERVE_CRON: "false", CULPRIT_OBSERVE_SYSTEMD: "false" };

/** Projects: one per package (fast), and `e2e` (the whole system, a browser, real faults). */
export default defineConfig({
  test: {
    projects: [
      ...["protocol", "messages", "analysis", "charts", "agent", "hub", "web", "cli"].map((name) => ({
        resolve: development,
        ssr: { resolve: development },
        test: {
          name,
          include: [`packages/${name}/**/*.test.ts`, `packages/${name}/**/*.test.tsx`],
          env,
          testTimeout: 20_000,
        },
      })),
      {
        resolve: development,
        ssr: { resolve: development },
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          env,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
