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
/** Options of an interpreter after which code follows, a module, or a value that is neither. */
const interpreters: readonly { program: RegExp; code: string; module?: string; valued: string }[] = [
  { program: /^python[\d.]*$|^pypy[\d.]*$/, code: "-c", module: "-m", valued: "-W -X -Q" },
  {
    program: /^php[\d.]*$|^php-cli$/,
    code: "-r -R -B -E",
    valued: "-d -c -z -t --define",
    module: "-f --file",
  },
  { program: /^perl[\d.]*$/, code: "-e -E", valued: "-I" },
  { program: /^ruby[\d.]*$/, code: "-e", valued: "-I -r -C -E" },
  {
    program: /^(?:node|nodejs|bun|deno|tsx)$/,
    code: "-e -p --eval --print",
    valued: "-r --require --import -C",
  },
  { program: /^java$/, code: "", module: "-jar -m --module", valued: "-cp -classpath --class-path -p" },
  { program: /^(?:Rscript|lua[\d.]*|tclsh[\d.]*|expect|awk|gawk)$/, code: "-e -c", valued: "-v" },
];
/** They prepare, ask or say something, and are not what the job is for, if it does anything else. */
const preliminaries = new Set([
  "cd", "[", "[[", "test", "true", "false", ":", "export", "set", "unset", "umask", "ulimit", "source", ".", "sleep",
  "echo", "printf", "date", "for", "case", "esac", "local", "readonly", "trap", "shopt", "exit", "eval", "wait", "mkdir",
]); // prettier-ignore

const depth = 8;
const nameForm = /^[\p{L}\p{N}_][\p{L}\p{N}_.+@:-]*$/u;

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
    if (shells.test(program)) return this.#inShell(rest, left);
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

function scriptOf(
  { code, module, valued }: (typeof interpreters)[number],
  words: readonly string[],
): string | null {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (code.split(" ").includes(word)) return null;
    if (module?.split(" ").includes(word)) return words[at + 1] ? asName(baseName(words[at + 1]!)) : null;
    if (valued.split(" ").includes(word)) at++;
    else if (!word.startsWith("-")) {
      if ((word === "run" || word === "x") && words[at + 1]) continue;
      return asName(baseName(word));
    }
  }
  return null;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//s, "");
}

function asName(text: string): string | null {
  return nameForm.test(text) ? cleanName(text).name : null;
}
