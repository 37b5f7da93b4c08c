import { expect, test } from "vitest";
import { namesOfJobs } from "../testing/names-of-jobs.ts";
import { readJob } from "./job-name.ts";
import { readShellLine } from "./shell-words.ts";

const jobName = (words: readonly string[]) => readJob(words, "cron job").name;
const inShell = (line: string) => jobName(["/bin/sh", "-c", line]);

test.each(namesOfJobs)("%s is called %s, as by the recorder in sh", (line, name) => {
  expect(inShell(line)).toBe(name);
});

test.each([
  ["/usr/local/bin/backup.sh --all", "backup.sh"],
  ["cd /x && php /x/y.php -v", "y.php"],
  ["FOO=1 nice -n 10 python3 -m reports.daily", "reports.daily"],
  ["flock -n /l timeout 5m /opt/a/b", "b"],
  ["mysql -pSECRET db", "mysql"],
  ["sudo -u www php artisan schedule:run", "artisan"],
  ["test -x /usr/sbin/anacron || run-parts /etc/cron.daily", "cron.daily"],
  ["/usr/bin/sync.sh >/dev/null 2>&1 # culprit: night sync", "night sync"],
  ["   cd / && run-parts --report /etc/cron.hourly", "cron.hourly"],
  ["[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi", "sessionclean"],
  ["if test -x '/opt/my app/run it'; then /opt/my\\ app/run; fi", "run"],
  ["run-parts", "run-parts"],
  ["pg_dump orders | gzip -9 >/backup/orders.gz", "pg_dump"],
  ["2>/dev/null /opt/first; /opt/second", "first"],
  ["bash /opt/x/script.sh a b", "script.sh"],
  ["bash -lc 'cd /srv && ./deploy --token=SECRET'", "deploy"],
  ["flock /run/l -c '/opt/a/b SECRET'", "b"],
  ["su www-data -s /bin/sh -c 'php -d memory_limit=1G -f /srv/cron.php'", "cron.php"],
  ["env -i PATH=/bin SECRET=1 /usr/bin/time -f %e ionice -c3 nice -19 rsync -a /a /b", "rsync"],
  ["java -Xmx1g -cp /a:/b com.example.Nightly SECRET", "com.example.Nightly"],
  ["java -jar /opt/nightly.jar", "nightly.jar"],
  ["node --max-old-space-size=100 /srv/job.mjs", "job.mjs"],
  ["curl -fsS https://user:SECRET@host/path?token=SECRET", "curl"],
  ["php -r 'echo \"SECRET\";'", "php"],
  ["python3 -c 'SECRET'", "python3"],
  ["culprit-run --name x -- /opt/y", "y"],
  ["true", "true"],
  ["cd /tmp && sleep 5", "sleep"],
] satisfies [string, string][])("%s is called %s", (line, name) => {
  expect(inShell(line)).toBe(name);
  expect(inShell(line)).not.toContain("SECRET");
}); // prettier-ignore

test.each([
  [["/bin/bash", "/usr/local/bin/backup.sh", "--all"], "backup.sh"],
  [["php", "/x/y.php", "-v"], "y.php"],
  [["/usr/sbin/CRON", "-f"], "CRON"],
  [["-bash"], "cron job"],
  [["sh"], "cron job"],
  [[], "cron job"],
])("the command line %j is called %s", (words, name) => {
  expect(jobName(words)).toBe(name);
});

test.each([
  "$(cat /etc/SECRET)",
  "`echo SECRET`",
  "${SECRET:-x y}",
  "SECRET=1",
  "'SECRET=with words'",
  "\\",
  "'",
  '"',
  "((((",
  "a=b c=d",
])("%s has no name that could be told", (line) => {
  expect(inShell(line)).toBe("cron job");
});

test("a name of a hundred thousand characters, or of control characters, is no name", () => {
  expect(inShell("x".repeat(100_000)).length).toBe(200);
  expect(inShell("/bin/a\u001b[2Jb")).toBe("cron job");
  expect(inShell(`${"nice ".repeat(1000)}SECRET`)).toBe("nice");
});

test("a line is split as a shell does", () => {
  expect(readShellLine(`a "b c" 'd;e' f\\ g; h # i\nj 2>&1 >k <l|m&n`)).toEqual({
    commands: [["a", "b c", "d;e", "f g"], ["h"], ["j"], ["m"], ["n"]],
    comment: "i",
  });
});

test.each([
  ["/bin/sh", "/usr/bin/culprit-sh", "-c", "/opt/a"],
  ["/bin/bash", "--posix", "--", "/usr/bin/culprit-run", "--kind", "cron", "--", "/bin/sh", "-c", "/opt/a"],
  ["/bin/bash", "--posix", "--", "/usr/bin/culprit-run", "--name", "x", "--", "/opt/a"],
  ["/bin/sh", "-c", "cd /opt && nice -n 5 culprit-run /opt/a"],
  ["/bin/sh", "-c", "sleep 8; if true; then flock -n /l culprit-run -- x; fi"],
  ["/usr/bin/node", "/usr/bin/culprit", "run", "--", "/opt/a"],
  ["/bin/sh", "-c", "npx culprit run -- /opt/a || culprit run -- /opt/b"],
])("a job that records itself is told by its command line: %j %s %s", (...words) => {
  expect(readJob(words, "cron").recordsItself).toBe(true);
});

test("what only mentions a recorder does not record itself", () => {
  expect(
    readJob(["/bin/sh", "-c", "grep culprit-run /var/log/syslog # culprit-run"], "cron").recordsItself,
  ).toBe(false);
  expect(readJob(["node", "/opt/culprit/report.js"], "cron").recordsItself).toBe(false);
});
