/** Entry of the agent as a program: settings from the process that started it, else from the environment. */
import { runAgent, settingsFromEnvironment, settingsFromParent } from "./run-agent.ts";

const settings = process.connected ? await settingsFromParent() : settingsFromEnvironment(process.env);
process.exit(await runAgent(settings));
