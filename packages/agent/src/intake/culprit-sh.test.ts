/** The recorder that is a crontab's shell: the names it gives to command lines, and that it is the shell it stands for. */
import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namesOfJobs } from "../testing/names-of-jobs.ts";
import { rawRecord, rawRecords, recorded } from "../testing/recorded.ts";

const scripts = join(import.meta.dirname, "../../../cli/sh");
const recorder = join(scripts, "culprit-sh");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-sh-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As cron calls it, with cron's environment. */
function cronRuns(command: string, environment: Record<string, string> = {}, shell = recorder) {
  return spawnSync(shell, ["-c", command], {
    env: { SHELL: shell, HOME: tmpdir(), PATH: "/usr/bin:/bin", CULPRIT_INTAKE: folder, ...environment },
    encoding: "utf8",
  });
}

/** What a line is recorded as; null if it isn't. Nothing that it names is found, and so nothing is run. */
async function nameOf(command: string, environment: Record<string, string> = {}): Promise<string | null> {
  const nowhere = { PATH: "/nowhere", CULPRIT_SHELL: "/bin/sh" };
  cronRuns(command, { ...nowhere, ...environment });
  const records = [...(await rawRecords(folder)).values()];
  for (const name of await readdir(folder)) await rm(join(folder, name));
  return records.length === 0 ? null : String(records[0]!["process"]);
}

describe("the name of a job is", () => {
  test.each(namesOfJobs)("%s -> %s", async (command, name) => {
    expect(await nameOf(command)).toBe(name);
  });
});

test("the jobs of the example are named as the documentation says", async () => {
  const example = await readFile(join(import.meta.dirname, "../../../../examples/crontab-whole"), "utf8");
  const jobs = [...example.matchAll(/^[*\d]\S* +(?:\S+ +){4}(.*)/gm)].map(([, job]) => job!);
  const names = [];
  for (const job of jobs) names.push(await nameOf(job));
  expect(names).toEqual(["artisan", "sync.sh", "weekly dump"]);
});

test("a job that records itself is recorded once, by itself", async () => {
  expect(await nameOf("culprit run --name x -- y")).toBeNull();
  const { status } = cronRuns(`cd / && ${scripts}/culprit-run --name own -- sh -c 'exit 4'`);
  expect([status, (await rawRecord(folder))["process"]]).toEqual([4, "own"]);
});

describe("no file in the intake folder has anything of the secret in", () => {
  const secret = "S3cr3t";
  test.each([
    `mysql -p${secret} orders`,
    `mysqldump --password=${secret} --password ${secret} orders`,
    `curl -s https://user:${secret}@example.org/x`,
    `curl -H 'Authorization: Bearer ${secret}' https://example.org`,
    `wget -q -O - https://example.org/wp-cron.php?key=${secret}`,
    `API_TOKEN=${secret} load-orders`,
    `API_TOKEN='a ${secret} b' env OTHER_TOKEN="${secret}" load-orders`,
    `export PGPASSWORD=${secret}; pg_dump orders`,
    `sh -c "API_TOKEN=${secret} load-orders"`,
    `bash -c 'curl -u user:${secret} x'`,
    `php -r 'login("${secret}");'`,
    `php -dmysqli.default_pw=${secret} /nowhere/x.php ${secret}`,
    `python3 -c 'login("${secret}")'`,
    `perl -lane 'print "${secret}"' x`,
    `ruby -rnet/http -e 'get "${secret}"'`,
    `node -pe 'get("${secret}")'`,
    `python3 - ${secret}`,
    `bash -s -- ${secret} < /nowhere/x`,
    `bash <(curl -s https://user:${secret}@example.org)`,
    `echo ${secret} | sudo -S load-orders`,
    `cat <<< ${secret} | load-orders`,
    `expect -c 'send "${secret}"'`,
    `sshpass -p ${secret} ssh host`,
    `\${TOKEN:-${secret}} x`,
    `$(echo ${secret}) x`,
    `\`echo ${secret}\` x`,
    `"$(echo ")${secret}")" x`,
    `[ "$1" = ${secret} ] || load-orders`,
    `case ${secret} in x) load-orders;; esac`,
    `load-orders "--token=${secret}" # and ${secret}`,
    `flock /nowhere/l sh -c 'load-orders ${secret}'`,
    `java -Dpassword=${secret} -cp /nowhere com.example.Load ${secret}`,
  ])("%s", async (command) => {
    for (const CULPRIT_SH_ARGUMENTS of ["", "1"]) {
      cronRuns(command, { PATH: "/nowhere", CULPRIT_SHELL: "/bin/sh", CULPRIT_SH_ARGUMENTS });
      const names = await readdir(folder);
      const written = await Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
      expect(written.join("")).toMatch(/process=[\w$]/);
      expect(written.join("")).not.toMatch(/S3cr3t/i);
      for (const name of names) await rm(join(folder, name));
    }
  });
});

test("with CULPRIT_SH_ARGUMENTS=1 harmless words and the names of long options are part of the name", async () => {
  const named = (command: string) => nameOf(command, { CULPRIT_SH_ARGUMENTS: "1" });
  expect(await named("php artisan queue:work --once --queue=high x > /dev/null")).toBe(
    "artisan queue:work --once --queue",
  );
  expect(await named("cd /app && load-orders daily 2026 /srv/in -v x; other")).toBe(
    "load-orders daily 2026 /srv/in",
  );
  expect(await named("load-orders hunter2 user:Secret key=value a@b https://h/x ok")).toBe("load-orders ok");
  expect((await named(`load-orders ${"word ".repeat(150)}`))!.length).toBeLessThanOrEqual(200);
});

const signs = " \t\n'\"\\`$(){}<>&|;#=-/.:!\r";

property.prop(
  [
    fc
      .array(
        fc.constantFrom(
          ...signs.split(""),
          "a",
          "sh -c",
          "env ",
          "$(",
          "${",
          "&&",
          "2>",
          "--",
          "su -c",
          "# culprit:",
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join("")),
  ],
  { numRuns: 60 },
)("whatever a line is, dash and bash find the same name and come to an end", (line) => {
  const only = `${naming}\nfind_name "$1"; printf '%s|%s' "$name" "$kind"`;
  const [dash, bash] = ["dash", "bash"].map((shell) => {
    const { stdout, status, signal } = spawnSync(shell, ["-c", only, shell, line], {
      encoding: "utf8",
      timeout: 5000,
    });
    return { stdout, status, signal };
  });
  expect(dash).toEqual(bash);
  expect(dash!.signal).toBeNull();
});

describe.each(["/bin/dash", "/bin/bash"])("with %s the job is as cron itself would run it", (shell) => {
  const aware = { CULPRIT_SHELL: shell };
  const alone = (command: string) =>
    spawnSync(shell, ["-c", command], {
      env: { SHELL: shell, HOME: tmpdir(), PATH: "/usr/bin:/bin", CULPRIT_INTAKE: folder, ...aware },
      encoding: "utf8",
    });

  test("in what it gets, prints and answers", async () => {
    const look =
      "echo $0 $- $#; env | grep -v ^CULPRIT_P | sort; grep -E 'Sig(Ign|Blk)' /proc/self/status; umask; pwd; " +
      "ls /proc/self/fd; tr '\\0' ' ' </proc/$$/cmdline; echo err >&2; exit 5 # culprit: look";
    const [there, here] = [cronRuns(look, aware), alone(look)];
    expect([there.stdout, there.stderr, there.status]).toEqual([here.stdout, here.stderr, 5]);
    expect(await recorded(folder)).toMatchObject({
      process: "look",
      kind: "cron",
      outcome: "failed",
      exitCode: 5,
    });
  });

  test("also where it is no command line at all", () => {
    for (const command of ["if", "a 'b", "no-such-command-here"]) {
      const [there, here] = [cronRuns(command, aware), alone(command)];
      expect([there.stdout, there.stderr, there.status]).toEqual([here.stdout, here.stderr, here.status]);
    }
  });
});

test("what a job starts by $SHELL is no job of its own", async () => {
  const { stdout } = cronRuns("$SHELL -c 'echo $SHELL' # culprit: outer");
  expect(stdout).toBe("/bin/sh\n");
  expect((await rawRecords(folder)).size).toBe(1);
});

test("called in any other way it is the shell", () => {
  const env = { PATH: "/usr/bin:/bin", CULPRIT_INTAKE: folder };
  const shell = (args: string[], input = "") =>
    spawnSync(recorder, args, { env, input, encoding: "utf8" }).stdout;
  expect(shell([], "echo $((1 + 1))")).toBe("2\n");
  expect(shell(["-c", "echo $0 $1", "zero", "one"])).toBe("zero one\n");
});

test("it finds culprit-run beside the file that a link points to, and runs the job without it", async () => {
  const linked = join(folder, "linked-sh");
  await symlink(recorder, linked);
  const alone = join(folder, "alone-sh");
  await cp(recorder, alone);
  const intake = join(folder, "intake");
  await mkdir(intake);
  const environment = { CULPRIT_INTAKE: intake };
  expect(cronRuns("echo alone; exit 3", environment, alone)).toMatchObject({
    stdout: "alone\n",
    stderr: "",
    status: 3,
  });
  expect(await readdir(intake)).toEqual([]);
  expect(cronRuns("echo linked", environment, linked).stdout).toBe("linked\n");
  expect((await rawRecord(intake))["process"]).toBe("echo");
});

test("where nothing can be recorded the job runs the same", async () => {
  const closed = join(folder, "file");
  await writeFile(closed, "");
  await chmod(closed, 0);
  const { stdout, stderr, status } = cronRuns("echo out; exit 3", { CULPRIT_INTAKE: closed });
  expect([stdout, stderr, status]).toEqual(["out\n", "", 3]);
});

/** The functions alone. */
const source = await readFile(recorder, "utf8");
const naming = source.slice(source.indexOf("newline='"), source.indexOf("command=$2"));
