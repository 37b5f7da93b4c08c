import { defineConfig } from "vitest/config";

const development = { conditions: ["development", "module", "node", "default"] };

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
          testTimeout: 20_000,
        },
      })),
      {
        resolve: development,
        ssr: { resolve: development },
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
