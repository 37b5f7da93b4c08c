/** The files that images are built from. Nothing here builds one: that each line can be read, and that what is copied is made. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "deploy");
const files = readdirSync(folder).filter((name) => name.startsWith("Containerfile."));
const instructions = new Set([
  "FROM",
  "WORKDIR",
  "COPY",
  "RUN",
  "USER",
  "VOLUME",
  "EXPOSE",
  "ENV",
  "ENTRYPOINT",
]);

function stepsOf(name: string): { instruction: string; rest: string }[] {
  return readFileSync(join(folder, name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [instruction = "", ...rest] = line.split(" ");
      return { instruction, rest: rest.join(" ") };
    });
}

test("there is one for the hub and one for the agent", () => {
  expect(files.toSorted()).toEqual(["Containerfile.agent", "Containerfile.hub"]);
});

test.each(files)("%s has only known instructions, and names its images without a registry", (name) => {
  const steps = stepsOf(name);
  expect(steps.map(({ instruction }) => instruction).filter((one) => !instructions.has(one))).toEqual([]);
  const of = (wanted: string) =>
    steps.filter(({ instruction }) => instruction === wanted).map(({ rest }) => rest);
  expect(of("FROM").every((image) => /^node:22-[a-z-]+(?: AS build)?$/.test(image))).toBe(true);
  expect(of("FROM")).toHaveLength(2);
  for (const list of [...of("VOLUME"), ...of("ENTRYPOINT")]) expect(JSON.parse(list)).toBeInstanceOf(Array);
});

function entryOf(name: string): string {
  const entry = JSON.parse(stepsOf(name).at(-1)!.rest) as string[];
  return entry.find((part) => /\.m?js$/.test(part))!;
}

test("the hub's image starts what stands in the clone", () => {
  expect(existsSync(join(root, entryOf("Containerfile.hub")))).toBe(true);
});

test("the agent's image starts the single file that the build makes", () => {
  const copy = stepsOf("Containerfile.agent").findLast(({ instruction }) => instruction === "COPY");
  const [, source = "", target] = copy!.rest.split(" ");
  expect(entryOf("Containerfile.agent")).toBe(target);
  const made = source.replace("/opt/culprit/", "");
  expect(readFileSync(join(root, "scripts/build.mjs"), "utf8")).toContain(`output: "${made}"`);
});
