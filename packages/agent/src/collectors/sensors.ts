import { readdir, readFile } from "node:fs/promises";
import { cleanName } from "@culprit/protocol";
import type { CollectorFactory, Reading } from "../collector.ts";
import { gauge } from "../readings.ts";

const maxSensors = 64;

/**
 * Temperatures, fans and power of /sys/class/hwmon (kernel: hwmon/sysfs-interface), and thermal zones that are not there
 * as well. Chips answer over slow buses and some hang, so nothing waits for them.
 */
export const sensors: CollectorFactory = ({ roots, settings }) => ({
  name: "sensors",
  everySeconds: Math.max(60, settings.hostSeconds),
  async collect() {
    const readings = await readChips(`${roots.sys}/class/hwmon`);
    const chips = new Set(readings.map(({ attributes }) => plain(attributes["hw.parent"] ?? "")));
    const zones = await readZones(`${roots.sys}/class/thermal`);
    const others = zones.filter(({ attributes }) => !chips.has(plain(attributes["hw.parent"] ?? "")));
    return { readings: [...readings, ...others].slice(0, maxSensors) };
  },
});

type Kind = { file: RegExp; metric: string; unit: string; perUnit: number };

const kinds: readonly Kind[] = [
  { file: /^temp(\d+)_input$/, metric: "hw.temperature", unit: "Cel", perUnit: 1000 },
  { file: /^fan(\d+)_input$/, metric: "hw.fan.speed", unit: "rpm", perUnit: 1 },
  { file: /^power(\d+)_(?:average|input)$/, metric: "hw.power", unit: "W", perUnit: 1e6 },
];

async function readChips(folder: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const chip of await entries(folder)) {
    const path = `${folder}/${chip}`;
    const files = await entries(path);
    const name = await readName(`${path}/name`, chip);
    for (const { file: pattern, metric, unit, perUnit } of kinds) {
      for (const file of files.filter((each) => pattern.test(each))) {
        if (readings.length >= maxSensors) return readings;
        const value = await readNumber(`${path}/${file}`);
        if (value === null) continue;
        const sensor = file.slice(0, file.indexOf("_"));
        const label = files.includes(`${sensor}_label`)
          ? await readName(`${path}/${sensor}_label`, sensor)
          : sensor;
        readings.push(gauge(metric, unit, value / perUnit, attributesOf(chip, name, label)));
      }
    }
  }
  return readings;
}

async function readZones(folder: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const zone of await entries(folder)) {
    if (!/^thermal_zone\d+$/.test(zone) || readings.length >= maxSensors) continue;
    const value = await readNumber(`${folder}/${zone}/temp`);
    if (value === null) continue;
    const type = await readName(`${folder}/${zone}/type`, zone);
    readings.push(gauge("hw.temperature", "Cel", value / 1000, attributesOf(zone, type, type)));
  }
  return readings;
}

/** `hw.id` tells two chips of one name apart; OpenTelemetry calls what a part belongs to its parent. */
function attributesOf(id: string, chip: string, label: string): Record<string, string> {
  return { "hw.id": id, "hw.parent": chip, "hw.name": label };
}

/** In one order on every look: `hwmon2` before `hwmon10`. */
async function entries(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

/** Null for a sensor that is not connected, which refuses to be read. */
async function readNumber(path: string): Promise<number | null> {
  const text = await readFile(path, "latin1").catch(() => "");
  return /^-?\d+$/.test(text.trim()) ? Number(text) : null;
}

async function readName(path: string, otherwise: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return cleanName(text.trim() || otherwise).name.slice(0, 100);
}

/** A thermal zone `cpu-thermal` has a chip `cpu_thermal` of its own. */
const plain = (name: string) => name.replaceAll("-", "_");
