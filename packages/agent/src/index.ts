/** What the command line uses of the agent. */
export { startAgent, type AgentParts, type RunningAgent } from "./agent.ts";
export { chooseIntake, systemIntake } from "./intake/folder.ts";
export { writeIntake, type IntakeRun } from "./intake/write-intake.ts";
export { runAgent, settingsFromEnvironment } from "./run-agent.ts";
export {
  agentSettings,
  checkHub,
  SettingsError,
  type AgentSettings,
  type AgentSettingsInput,
} from "./settings.ts";
export { hubConnections, type HubConnections } from "./uplink/hub-fetch.ts";
