/** Entry of the agent as a program: settings from the process that started it, else from the environment. */
import { isChild } from "./benchmarks/child-program.ts";
import { runAgent, settingsFromEnvironment, settingsFromParent } from "./run-agent.ts";

if (isChild(process.argv)) await import("./benchmarks/child.ts");
else {
  const settings = process.connected ? await settingsFromParent() : settingsFromEnvironment(process.env);
  process.exit(await runAgent(settings));
}
