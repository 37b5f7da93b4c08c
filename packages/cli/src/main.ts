import { runCulprit } from "./program.ts";
import { processTerminal } from "./terminal.ts";

// `culprit executions | head` closes the pipe early: no reason to complain.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCulprit(process.argv.slice(2), processTerminal());
// An open channel to the `culprit up` that started this one would keep the process.
if (process.connected) process.disconnect();
