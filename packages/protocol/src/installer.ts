/** One file that a hub gives to machines that enrol. */
export type AgentFile = { name: string; bytes: number; sha256: string };
