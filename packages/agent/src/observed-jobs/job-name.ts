/**
 * What a person would call a job, from its command line: the program or script, without directory and arguments. Only
 * that leaves the machine, and only if it has the form of a file name or module: what else stands in a command line may
 * be a secret.
 */
import { cleanName } from "@culprit/protocol";
import { isAssignment, readShellLine } from "./shell-words.ts";

/** `valued`: options whose value is the next word; `operands`: words before the command that it runs. */
type Wrapper = { valued: string; operands?: number; shellOption?: string };

/** Programs that run the command in their arguments. */
const wrappers: Readonly<Record<string, Wrapper>> = {
  nice: { valued: "-n --adjustment" },
  ionice: { valued: "-c -n --class --classdata" },
  chrt: { valued: "-T -P -D", operands: 1 },
  taskset: { valued: "", operands: 1 },
  flock: { valued: "-w -E --wait --timeout --conflict-exit-code", operands: 1, shellOption: "-c" },
  timeout: { valued: "-s -k --signal --kill-after", operands: 1 },
  env: { valued: "-u -C --unset --chdir" },
  sudo: { valued: "-u -g -h -p -C -D -r -t -T -U -R --user --group --host --prompt --chdir" },
  doas: { valued: "-u -C" },
  runuser: { valued: "-u -g -G -s -w --user", shellOption: "-c" },
  su: { valued: "-g -G -s -w --shell", operands: 1, shellOption: "-c" },
  setpriv: { valued: "" },
  chpst: { valued: "-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t" },
  time: { valued: "-f -o --format --output" },
  stdbuf: { valued: "-i -o -e --input --output --error" },
  setuidgid: { valued: "", operands: 1 },
  "systemd-run": { valued: "-p -u -M --property --unit --uid --gid --slice" },
  "systemd-cat": { valued: "-t -p --identifier --priority" },
  "culprit-run": { valued: "--name --step --kind --id" },
  npx: { valued: "-p -w --package --workspace" },
  nohup: { valued: "" },
  setsid: { valued: "" },
  chronic: { valued: "" },
  cronic: { valued: "" },
  unbuffer: { valued: "" },
  command: { valued: "" },
  exec: { valued: "-a" },
  builtin: { valued: "" },
};

const shells = /^-?(?:sh|dash|bash|ash|ksh|mksh|zsh|busybox|fish|culprit-sh)$/;
/** `code`: letters of options after which code follows; `valued`: options whose value is the next word. */
type Interpreter = { program: RegExp; code: string; valued: string };

const interpreters: readonly Interpreter[] = [
  { program: /^(?:python|pypy)[\d.]*$/, code: "c", valued: "-W -X -Q" },
  { program: /^php[\d.]*$|^php-cli$/, code: "rRBE", valued: "-d -c -z -t --define" },
  { program: /^perl[\d.]*$/, code: "eE", valued: "-I" },
  { program: /^ruby[\d.]*$/, code: "e", valued: "-I -r -C -E" },
  { program: /^(?:node|nodejs|bun|deno|tsx)$/, code: "ep", valued: "-r --require --import --loader -C" },
  { program: /^java$/, code: "", valued: "-cp -classpath --class-path -p" },
  { program: /^(?:Rscript|lua[\d.]*|tclsh[\d.]*|expect|awk|gawk)$/, code: "ec", valued: "-v" },
];
const codeOptions = new Set(["-", "--eval", "--print", "--run", "--execute", "--command"]);
/** The word after it is a script or a module. */
const scriptOptions = new Set(["-m", "-jar", "-f", "--file", "--module"]);

/** Programs that run another one where this word follows. */
const launchers: Readonly<Record<string, string>> = {
  bundle: "exec",
  poetry: "run",
  pipenv: "run",
  uv: "run",
  pnpm: "exec",
  rvm: "do",
};
/** They prepare, ask or say something, and are not what the job is for, if it does anything else. */
const preliminaries = new Set(
  (
    "cd pushd . source export set unset umask ulimit test [ [[ true false : sleep echo printf date mkdir touch rm ln " +
    "chmod chown cat read wait trap eval type hash which for case esac local readonly shopt exit"
  ).split(" "),
);

const depth = 8;
const nameForm = /^[\p{L}\p{N}_$][\p{L}\p{N}_.+@:# -]*$/u;
/** What follows an interpreter may be code, if it has other signs than a path. */
const scriptForm = /^[\p{L}\p{N}_./:~@+$-]+$/u;

export type NamedJob = {
  name: string;
  /** It brings the output of another job by mail. */
  isMailer: boolean;
  /** A recorder of Culprit is started in it. */
  recordsItself: boolean;
};

/** `words`: as in /proc/<pid>/cmdline. `fallback`: the name if the command line shows none that may be told. */
export function readJob(words: readonly string[], fallback: string): NamedJob {
  const reading = new Reading();
  const name = reading.nameOf(words, depth) ?? fallback;
  return {
    name,
    isMailer: baseName(words[0] ?? "") === "sendmail",
    recordsItself: reading.sawRecorder,
  };
}

class Reading {
  sawRecorder = false;

  nameOf(words: readonly string[], left: number): string | null {
    if (left === 0) return null;
    const from = words.findIndex((word) => !isAssignment(word));
    if (from < 0) return null;
    const program = baseName(words[from]!);
    const rest = words.slice(from + 1);
    this.sawRecorder ||= isRecorder(program, rest);
    // A job that is nothing but a shell reads its commands: those of at do.
    if (shells.test(program)) return this.#inShell(rest, left) ?? (left === depth ? null : program);
    if (program === "run-parts") return asName(baseName(folderOf(rest))) ?? program;
    if (Object.hasOwn(launchers, program) && rest[0] === launchers[program])
      return this.nameOf(rest.slice(1), left - 1) ?? program;
    const wrapper = Object.hasOwn(wrappers, program) ? wrappers[program] : undefined;
    if (wrapper) return this.#inWrapper(wrapper, rest, left) ?? asName(program);
    const interpreter = interpreters.find((one) => one.program.test(program));
    if (!interpreter) return asName(program);
    const script = scriptOf(interpreter, rest);
    this.sawRecorder ||= script !== null && isRecorder(script, rest);
    return script ?? asName(program);
  }

  /** `sh -c "line"`, `sh script`; null for a shell that reads its standard input. */
  #inShell(words: readonly string[], left: number): string | null {
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (/^-[a-zA-Z]*c$/.test(word)) {
        const line = words.slice(at + 1).find((next) => next !== "--");
        return line === undefined ? null : this.#inLine(line, left - 1);
      }
      if (/^-[a-zA-Z]*s$/.test(word) || word === "-") return null;
      if (["-o", "+o", "-O", "--rcfile", "--init-file"].includes(word)) at++;
      else if (!/^[-+]/.test(word)) return this.nameOf(words.slice(at), left - 1);
    }
    return null;
  }

  #inLine(line: string, left: number): string | null {
    const { commands, comment } = readShellLine(line);
    const names = commands.map((words) => this.nameOf(words, left));
    const given = /^culprit:\s*(.+)$/.exec(comment ?? "");
    if (given) return cleanName(given[1]!).name;
    const main = commands.findIndex(([program]) => !preliminaries.has(baseName(program!)));
    return names.at(main) ?? null;
  }

  #inWrapper(wrapper: Wrapper, words: readonly string[], left: number): string | null {
    const valued = wrapper.valued.split(" ");
    let operands = wrapper.operands ?? 0;
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (wrapper.shellOption !== undefined && word === wrapper.shellOption)
        return words[at + 1] === undefined ? null : this.#inLine(words[at + 1]!, left - 1);
      if (/^-./.test(word)) {
        if (valued.includes(word)) at++;
      } else if (word === "-" || isAssignment(word)) continue;
      else if (operands > 0) operands--;
      else return this.nameOf(words.slice(at), left - 1);
    }
    return null;
  }
}

/** `culprit-run ...`, a crontab's `culprit-sh -c ...`, `culprit run ...`. */
function isRecorder(program: string, rest: readonly string[]): boolean {
  if (program === "culprit-run" || program === "culprit-sh") return true;
  return (program === "culprit" || program === "culprit.js") && rest.includes("run");
}

function scriptOf({ code, valued }: Interpreter, words: readonly string[]): string | null {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (codeOptions.has(word) || (/^-[A-Za-z]+$/.test(word) && code.includes(word.at(-1)!))) return null;
    if (scriptOptions.has(word)) return scriptName(words[at + 1]);
    if (valued.split(" ").includes(word)) at++;
    else if (word !== "run" && !word.startsWith("-")) return scriptName(word);
  }
  return null;
}

function scriptName(word = ""): string | null {
  return scriptForm.test(word) ? asName(baseName(word)) : null;
}

function folderOf(words: readonly string[]): string {
  return words.find((word, at) => !word.startsWith("-") && words[at - 1] !== "-a") ?? "";
}

function baseName(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//s, "");
}

function asName(text: string): string | null {
  return nameForm.test(text) ? cleanName(text).name : null;
}
