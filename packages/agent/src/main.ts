/** Entry of the agent as a program: settings from the process that started it, else from the environment. */
import { isChild } from "./benchmarks/child-program.ts";
import { failureStatus, runAgent, settingsFromEnvironment, settingsFromParent } from "./run-agent.ts";

async function main(): Promise<number> {
  return runAgent(
    process.connected ? await settingsFromParent() : await settingsFromEnvironment(process.env),
  );
}

if (isChild(process.argv)) await import("./benchmarks/child.ts");
else process.exit(await main().catch(failureStatus));
