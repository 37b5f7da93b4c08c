/** Entry of the agent as a program: settings from the environment. */
import { runAgent, settingsFromEnvironment } from "./run-agent.ts";

process.exit(await runAgent(settingsFromEnvironment(process.env)));
