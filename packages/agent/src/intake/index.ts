/** What recorders use: without the rest of the agent, which takes its time to load. */
export { chooseIntake, notedIntake, noteIntake, openIntakeFolder, systemIntake } from "./folder.ts";
export { writeIntake, type IntakeRun } from "./write-intake.ts";
