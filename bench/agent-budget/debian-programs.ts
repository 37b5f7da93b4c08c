/** The programs that the agent is compared with, from Debian's packages: unpacked into a folder, never installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type DebianProgram = {
  name: string;
  command: string;
  parameters: string[];
  /** Asked every 15 seconds, as Prometheus does by default; an exporter does nothing unless it is asked. */
  asked?: string;
};

const programs = ["prometheus-node-exporter", "prometheus-process-exporter", "netdata-core", "atop"];
/** What Netdata needs and small machines lack. */
const libraries = ["libnetfilter-acct1", "libuv1", "libjson-c5", "libmnl0"];

/** Those whose package could be had; a line tells which could not. */
export function debianPrograms(folder: string): { programs: DebianProgram[]; libraryPath: string } {
  mkdirSync(folder, { recursive: true });
  for (const name of [...programs, ...libraries])
    spawnSync("apt-get", ["download", "-q", name], { cwd: folder, stdio: "ignore" });
  const root = join(folder, "root");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb")))
    execFileSync("dpkg-deb", ["-x", join(folder, file), root]);
  return {
    programs: listed(root, folder).filter(({ name, command }) => {
      const there = existsSync(command);
      if (!there) console.log(`no row for ${name}: its package could not be had by apt-get download`);
      return there;
    }),
    libraryPath: ["x86_64", "aarch64"].map((machine) => join(root, `usr/lib/${machine}-linux-gnu`)).join(":"),
  };
}

function listed(root: string, folder: string): DebianProgram[] {
  const [nodePort, processPort] = [19_100, 19_256];
  const exporter = (name: string, port: number, parameters: string[] = []) => ({
    name,
    command: join(root, `usr/bin/prometheus-${name.replace("_", "-")}`),
    parameters: [`--web.listen-address=127.0.0.1:${port}`, ...parameters],
    asked: `http://127.0.0.1:${port}/metrics`,
  });
  return [
    exporter("node_exporter", nodePort),
    exporter("process-exporter", processPort, ["--config.path", writtenGroups(folder)]),
    {
      name: "Netdata, every second",
      command: join(root, "usr/sbin/netdata"),
      parameters: ["-D", "-c", writtenNetdata(root, folder)],
    },
    {
      name: "atop, every 600 s (Debian)",
      command: join(root, "usr/bin/atop"),
      parameters: ["-R", "-w", join(folder, "atop-600"), "600"],
    },
    {
      name: "atop, every 10 s",
      command: join(root, "usr/bin/atop"),
      parameters: ["-R", "-w", join(folder, "atop-10"), "10"],
    },
  ];
}

/** All processes by name, as Debian's own configuration has it. */
function writtenGroups(folder: string): string {
  const path = join(folder, "process-exporter.yaml");
  writeFileSync(path, 'process_names:\n  - name: "{{.Comm}}"\n    cmdline: [".+"]\n');
  return path;
}

/** Debian's defaults, but for where its files are, who it runs as and that it tells nobody. */
function writtenNetdata(root: string, folder: string): string {
  const path = join(folder, "netdata.conf");
  const data = join(folder, "netdata");
  for (const each of ["cache", "lib", "log", "web"]) mkdirSync(join(data, each), { recursive: true });
  writeFileSync(
    path,
    `[global]
  run as user = ${process.getuid?.() === 0 ? "root" : ""}
[directories]
  home = ${data}/lib
  cache = ${data}/cache
  lib = ${data}/lib
  log = ${data}/log
  config = ${root}/etc/netdata
  stock config = ${root}/usr/lib/netdata/conf.d
  plugins = ${root}/usr/lib/netdata/plugins.d
  web = ${data}/web
[web]
  bind to = 127.0.0.1:19999
[plugins]
  enable running new plugins = yes
`,
  );
  return path;
}
