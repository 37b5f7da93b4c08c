/** The files that images are built from. Nothing here builds one: that each line can be read, and that what is copied is made. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "deploy");
const files = readdirSync(folder).filter((name) => name.startsWith("Containerfile."));
const instructions = ["FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "ENV", "ENTRYPOINT"];

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
  expect(steps.map(({ instruction }) => instruction).filter((one) => !instructions.includes(one))).toEqual(
    [],
  );
  const of = (wanted: string) =>
    steps.filter(({ instruction }) => instruction === wanted).map(({ rest }) => rest);
  expect(of("FROM").every((image) => /^node:22-[a-z-]+(?: AS build)?$/.test(image))).toBe(true);
  expect(of("FROM")).toHaveLength(2);
  for (const list of [...of("VOLUME"), ...of("ENTRYPOINT")]) expect(JSON.parse(list)).toBeInstanceOf(Array);
});

test.each(files)("what %s starts is what the build makes", (name) => {
  const steps = stepsOf(name);
  const entry = JSON.parse(steps.at(-1)!.rest) as string[];
  const program = entry.find((part) => /\.m?js$/.test(part))!;
  const copied = steps.findLast(({ instruction }) => instruction === "COPY")!.rest.split(" ");
  const source = copied[1]!.replace("/opt/culprit", "").replace(/^\//, "");
  if (source === "") expect(existsSync(join(root, program))).toBe(true);
  else {
    expect(program).toBe(copied[2]);
    expect(readFileSync(join(root, "scripts/build.mjs"), "utf8")).toContain(`output: "${source}"`);
  }
});
