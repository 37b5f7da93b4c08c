/** The agent itself. What commands use of it without starting one has entries of its own (package.json). */
export { keepHeapSmall } from "./small-heap.ts";
export { startAgent, type AgentParts, type RunningAgent } from "./agent.ts";
export { writeIntake, type IntakeRun } from "./intake/write-intake.ts";
