/** All commands, in the order of the help. Each is loaded when it is called: an agent must not carry a hub in memory. */
import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";

type Make = (terminal: Terminal) => Command;

export const commands: ReadonlyMap<string, () => Promise<Make>> = new Map<string, () => Promise<Make>>([
  ["up", async () => (await import("./up.ts")).up],
  ["hub", async () => (await import("./hub.ts")).hub],
  ["agent", async () => (await import("./agent.ts")).agent],
  ["run", async () => (await import("./run.ts")).run],
  ["log", async () => (await import("./log.ts")).log],
  ["import", async () => (await import("./import.ts")).importCommand],
  ["why", async () => (await import("./why.ts")).why],
  ["culprits", async () => (await import("./culprits.ts")).culprits],
  ["schedule", async () => (await import("./schedule.ts")).schedule],
  ["different", async () => (await import("./different.ts")).different],
  ["stats", async () => (await import("./stats.ts")).stats],
  ["executions", async () => (await import("./executions.ts")).executions],
  ["processes", async () => (await import("./processes.ts")).processes],
  ["machines", async () => (await import("./machines.ts")).machines],
  ["availability", async () => (await import("./availability.ts")).availability],
  ["status", async () => (await import("./status.ts")).status],
  ["watch", async () => (await import("./watch.ts")).watch],
  ["history", async () => (await import("./history.ts")).history],
  ["checks", async () => (await import("./checks.ts")).checks],
  ["service", async () => (await import("./service.ts")).service],
  ["bench", async () => (await import("./bench.ts")).bench],
  ["fitness", async () => (await import("./fitness.ts")).fitness],
  ["token", async () => (await import("./token.ts")).token],
  ["profile", async () => (await import("./profile.ts")).profile],
  ["user", async () => (await import("./user.ts")).user],
  ["enroll", async () => (await import("./enroll.ts")).enroll],
  [
    "completion",
    async () => {
      const { completion } = await import("./completion.ts");
      return (terminal) => completion(terminal, commands);
    },
  ],
  ["doctor", async () => (await import("./doctor.ts")).doctor],
]);
