export { believe, nothingBelieved, type Belief } from "./belief.ts";
export { CheckLoop } from "./check-loop.ts";
export { isRemote, probeRemote, type RemoteTarget } from "./kinds/index.ts";
export { NotProbed, NotWell, type ProbeContext, type Probed } from "./probe.ts";
export { runProbe, type ProbeResult } from "./run-probe.ts";
export { sightMachine } from "./sight.ts";
export { runProgram, type ProgramEnd } from "./run-program.ts";
export { levelOf } from "./thresholds.ts";
export { blockList, isTarget, listedTargets, type MayReach } from "./targets.ts";
