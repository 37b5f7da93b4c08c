import type { CollectorFactory } from "../collector.ts";
import { readTextIfPresent } from "../read-text.ts";
import { gauge } from "../readings.ts";

/** More cores tell nothing new about a machine's clock, and some drivers ask each core by an interrupt. */
const maxCores = 64;

/** The clock of the cores: on average, and of each where the settings ask for it. Virtual machines have none. */
export const cpuFrequency: CollectorFactory = ({ roots, settings }) => ({
  name: "cpu-frequency",
  everySeconds: Math.max(60, settings.hostSeconds),
  collect() {
    const cores: number[] = [];
    for (let core = 0; core < maxCores; core++) {
      const hertz = readHertz(`${roots.sys}/devices/system/cpu/cpu${core}/cpufreq/scaling_cur_freq`);
      if (hertz === null) break;
      cores.push(hertz);
    }
    if (cores.length === 0) return {};
    const mean = cores.reduce((sum, hertz) => sum + hertz, 0) / cores.length;
    const each = settings.perCore ? cores : [];
    return {
      readings: [
        gauge("system.cpu.frequency", "Hz", mean),
        ...each.map((hertz, core) =>
          gauge("system.cpu.frequency", "Hz", hertz, { "cpu.logical_number": String(core) }),
        ),
      ],
    };
  },
});

/** Of a file in kHz; some drivers answer `<unknown>` for a core that is off. */
function readHertz(path: string): number | null {
  const kilohertz = Number(readTextIfPresent(path) ?? Number.NaN);
  return kilohertz > 0 ? kilohertz * 1000 : null;
}
