/** What tests need besides npm packages; on Debian and Ubuntu root gets it installed. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { must } from "./run.mjs";

const inPath = (program) => () =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const phpFpm = () => readdirSync("/usr/sbin").find((name) => /^php-fpm\d/.test(name));
const postgres = "/usr/lib/postgresql";
const needed = [
  {
    name: "chromium",
    packages: ["chromium", "fonts-dejavu-core"],
    there: inPath("chromium"),
    tests: "the dashboard in a browser",
  },
  {
    name: "PostgreSQL",
    packages: ["postgresql"],
    there: () =>
      existsSync(postgres) &&
      readdirSync(postgres).some((version) => existsSync(join(postgres, version, "bin/postgres"))),
    tests: "the store on PostgreSQL",
  },
  { name: "stress-ng", packages: ["stress-ng"], there: inPath("stress-ng"), tests: "real jobs under load" },
  { name: "cpulimit", packages: ["cpulimit"], there: inPath("cpulimit"), tests: "a machine made slower" },
  { name: "sqlite3", packages: ["sqlite3"], there: inPath("sqlite3"), tests: "real jobs under load" },
  { name: "curl", packages: ["curl"], there: inPath("curl"), tests: "check-ins" },
  { name: "strace", packages: ["strace"], there: inPath("strace"), tests: "failing disks" },
  { name: "nginx", packages: ["nginx-light"], there: inPath("nginx"), tests: "access logs" },
  { name: "Apache", packages: ["apache2"], there: inPath("apache2"), tests: "access logs" },
  {
    name: "PHP",
    packages: ["php-cli", "php-fpm"],
    there: () => inPath("php")() && phpFpm() !== undefined,
    tests: "the PHP snippet",
  },
  {
    name: "PHP's curl",
    packages: ["php-cli", "php-curl"],
    there: () =>
      existsSync("/usr/lib/php") &&
      readdirSync("/usr/lib/php").some((version) => existsSync(join("/usr/lib/php", version, "curl.so"))),
    tests: "the client of savelog.php",
  },
  { name: "Python", packages: ["python3"], there: inPath("python3"), tests: "the Python snippet" },
  { name: "bash", packages: ["bash"], there: inPath("bash"), tests: "the recorder in bash" },
  { name: "zsh", packages: ["zsh"], there: inPath("zsh"), tests: "completion in zsh" },
  { name: "fish", packages: ["fish"], there: inPath("fish"), tests: "completion in fish" },
  { name: "cron", packages: ["cron"], there: () => existsSync("/usr/sbin/cron"), tests: "jobs of cron" },
  {
    name: "MariaDB",
    packages: ["mariadb-server"],
    there: () => existsSync("/usr/sbin/mariadbd"),
    tests: "import from MariaDB",
  },
  {
    name: "process accounting",
    packages: ["acct"],
    there: () => existsSync("/usr/sbin/accton"),
    tests: "import of process accounting",
  },
  {
    name: "SQLite",
    packages: ["sqlite3"],
    there: () => existsSync("/usr/bin/sqlite3"),
    tests: "the benchmarks of SQL",
  },
  {
    name: "Nagios plugins",
    packages: ["monitoring-plugins-basic"],
    there: () => existsSync("/usr/lib/nagios/plugins/check_dummy"),
    tests: "checks by plugins",
  },
  { name: "ping", packages: ["iputils-ping"], there: inPath("ping"), tests: "checks by ping" },
  { name: "ip", packages: ["iproute2"], there: inPath("ip"), tests: "machines in networks of their own" },
  { name: "openssl", packages: ["openssl"], there: inPath("openssl"), tests: "checks of certificates" },
  { name: "dash", packages: ["dash"], there: inPath("dash"), tests: "the recorder in dash" },
];

/** Installs what is missing where that is possible; otherwise says what is skipped, or ends if nothing may be. */
export async function ensureSystemPackages({ noSkip }) {
  let missing = needed.filter(({ there }) => !there());
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((each) => each.packages))];
  if (canInstall() && (noSkip || (await agreed(packages)))) {
    await install(packages);
    missing = needed.filter(({ there }) => !there());
  }
  if (missing.length === 0) return;
  for (const { name, tests } of missing)
    console.log(`${name} is missing: tests of ${tests} ${noSkip ? "can't run" : "are skipped or fail"}.`);
  console.log(`On Debian and Ubuntu, as root: apt-get install ${packages.join(" ")}`);
  if (noSkip) process.exit(1);
}

const canInstall = () =>
  process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");

async function agreed(packages) {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Tests need ${packages.join(", ")}. Install them with apt-get? [Y/n] `,
  );
  terminal.close();
  return !/^n/i.test(answer.trim());
}

async function install(packages) {
  // Tests start servers of their own: the package should not start one for good.
  const clusters = "/etc/postgresql-common/createcluster.conf";
  if (packages.includes("postgresql") && !existsSync(clusters)) {
    mkdirSync("/etc/postgresql-common", { recursive: true });
    writeFileSync(clusters, "create_main_cluster = false\n");
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await must("apt-get", ["update", "-q"], { env });
  await must("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], { env });
}
