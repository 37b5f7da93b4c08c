/** Completion by the real shells, of commands and options; names come from where a hub would tell them. */
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "../commands/index.ts";
import { testTerminal } from "../testing/terminal.ts";
import { runCulprit } from "../program.ts";
import { complete, type NameKind } from "./complete.ts";
import { splitLine } from "./split-line.ts";

const hostile = 'x";touch evil;$(touch evil)';
const names: Record<NameKind, string[]> = {
  "live-machine": ["web 2", "web:3"],
  machine: ["db-1", "web 2", "web:3", hostile, "bad\u001b[2J"],
  process: ["backup", "POST /orders"],
  check: ["front page"],
  profile: ["lab"],
};

function completed(...words: string[]): Promise<string[]> {
  return complete(words, {
    commandNames: [...commands.keys()],
    load: async (name) => (await commands.get(name)?.())?.(testTerminal()) ?? null,
    names: async (kind) => names[kind],
  });
}

test("commands, their subcommands, options and choices are told from the tree itself", async () => {
  expect(await completed("wat")).toEqual(["watch"]);
  expect(await completed("help", "his")).toEqual(["history"]);
  expect(await completed("profile", "")).toEqual(["add", "list", "use", "remove"]);
  expect(await completed("watch", "--e")).toEqual(["--every"]);
  expect(await completed("token", "create", "--role", "")).toEqual(["viewer", "operator", "admin"]);
  expect(await completed("token", "create", "--role=op")).toEqual(["--role=operator"]);
  expect(await completed("no-such-command", "")).toEqual([]);
});

test("names of machines, processes, checks and profiles are the hub's; what follows -- is another program's", async () => {
  expect(await completed("status", "db")).toEqual(["db-1"]);
  expect(await completed("watch", "--every", "5", "db-1", "web")).toEqual(["web 2", "web:3"]);
  expect(await completed("why", "back")).toEqual(["backup"]);
  expect(await completed("executions", "--machine", "d")).toEqual(["db-1"]);
  expect(await completed("executions", "--process=P")).toEqual(["--process=POST /orders"]);
  expect(await completed("machines", "--profile", "")).toEqual(["lab"]);
  expect(await completed("availability", "--check", "f")).toEqual(["front page"]);
  expect(await completed("run", "--", "")).toEqual([]);
  // A name that a terminal would act on is left out.
  expect(await completed("status", "bad")).toEqual([]);
});

test("where a machine has to do something, those alone are offered that can", async () => {
  for (const words of [
    ["watch"],
    ["service"],
    ["bench"],
    ["checks", "basic"],
    ["machines", "rotate-token"],
    ["checks", "add", "--machine"],
  ])
    expect(await completed(...words, ""), words.join(" ")).toEqual(["web 2", "web:3"]);
  for (const words of [["status"], ["history"], ["machines", "probe"], ["checks", "list", "--machine"]])
    expect(await completed(...words, "d"), words.join(" ")).toEqual(["db-1"]);
});

test("a hub that is away completes nothing, soon and without a word", async () => {
  const terminal = testTerminal({ environment: { CULPRIT_HUB: "http://127.0.0.1:1", CULPRIT_TOKEN: "t" } });
  const started = performance.now();
  expect(await runCulprit(["completion", "words", "--", "status", ""], terminal)).toBe(0);
  expect(performance.now() - started).toBeLessThan(3000);
  expect([...terminal.output, ...terminal.errors]).toEqual([]);
});

test("a line is split as the shell does", () => {
  expect(splitLine("culprit status ")).toEqual(["culprit", "status", ""]);
  expect(splitLine(`culprit why "POST /or`)).toEqual(["culprit", "why", "POST /or"]);
  expect(splitLine(String.raw`a b\ c 'd "e' "f\"g`)).toEqual(["a", "b c", 'd "e', 'f"g']);
});

/** Shells call a program `culprit`: it answers as the real one would, whose start takes longer. */
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "culprit-completion-"));
  const program = join(folder, "culprit");
  const answers = names.machine.slice(0, 4).join("\n");
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/asked"\ncat <<'END'\n${answers}\nEND\n`,
  );
  chmodSync(program, 0o755);
  environment = { PATH: `${folder}:${process.env["PATH"]}`, HOME: folder };
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = (shell: string) => join(import.meta.dirname, `../../sh/completion/culprit.${shell}`);
const run = async (shell: string, argv: string[]) =>
  (await promisify(execFile)(shell, argv, { env: environment, cwd: folder })).stdout;

test("bash quotes what it puts in, and hands the line on as it was typed", async () => {
  const out = await run("bash", [
    "-c",
    `source "$0"; COMP_LINE='culprit status "we' COMP_POINT=17; _culprit culprit we status
     printf '%s\\n' "\${COMPREPLY[@]}"; eval "printf '<%s>' \${COMPREPLY[*]}"`,
    script("bash"),
  ]);
  expect(out.split("\n")[1]).toBe(String.raw`web\ 2`);
  expect(out.split("\n").at(-1)).toBe(`<db-1><web 2><web:3><${hostile}>`);
  expect(await run("cat", ["asked"])).toMatch(/^completion\nwords\n--line=culprit status "w\n--breaks=/);
  expect(await run("ls", [])).not.toContain("evil");
});

test("fish hands the words on and shows what is answered", async () => {
  const out = await run("fish", ["-c", `source '${script("fish")}'; complete -C'culprit status "web '`]);
  expect(out.split("\n").filter((line) => line.includes("web"))).toEqual(["web 2"]);
  expect(await run("cat", ["asked"])).toBe(`completion\nwords\n--line=culprit status "web \n`);
});

test("zsh, typed at as by a person, puts in the one that fits, quoted", async () => {
  const session = String.raw`
    zmodload zsh/zpty
    zpty s zsh -f -i
    zpty -w s "PS1=; autoload -U compinit; compinit -D; source '$1'; print rea''dy"
    zpty -r -m s line '*ready*'
    zpty -w -n s $'culprit status web\\ \t\n'
    zpty -w s "print do''ne"
    zpty -r -m s line '*done*'
    zpty -d s`;
  await run("zsh", ["-f", "-c", session, "zsh", script("zsh")]);
  expect(await run("cat", ["asked"])).toBe("status\nweb 2\n");
});
