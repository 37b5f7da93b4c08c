/** Real web servers in a folder of a test's own, on free ports of loopback; stopped with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type WebServer = { port: number; pid: number; stop: () => Promise<void> };

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves when it answers; rejects with what it said if it ends before. */
export async function untilAnswering(child: ChildProcess, url: string): Promise<void> {
  let said = "";
  child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer) return;
    await sleep(50);
  }
  throw new Error(`the server does not answer: ${said}`);
}

async function started(
  command: string,
  args: string[],
  port: number,
  stopBy: NodeJS.Signals,
): Promise<WebServer> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(stopBy);
    await once(child, "exit");
  };
  await untilAnswering(child, `http://127.0.0.1:${port}/-/ready`).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { port, pid: child.pid!, stop };
}

/** `http` and `server` are lines of its configuration; SIGUSR1 makes it open its logs anew. */
export async function startNginx(base: string, { http = "", server = "" }): Promise<WebServer> {
  const port = await freePort();
  mkdirSync(join(base, "nginx"), { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(base, "nginx", name)};`)
    .join("\n");
  const configuration = join(base, "nginx/nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; ${process.getuid?.() === 0 ? "user root;" : ""}
pid ${join(base, "nginx/pid")}; error_log ${join(base, "nginx/error.log")};
events { worker_connections 256; }
http { ${temporary}
${http}
server { listen 127.0.0.1:${port}; location /-/ready { access_log off; return 204; }
${server} } }
`,
  );
  return started("nginx", ["-e", join(base, "nginx/error.log"), "-c", configuration], port, "SIGTERM");
}

/** `lines` are of its configuration, after the modules that every Debian has. */
export async function startApache(base: string, lines: string): Promise<WebServer> {
  const port = await freePort();
  mkdirSync(join(base, "apache/root/-"), { recursive: true });
  writeFileSync(join(base, "apache/root/-/ready"), "");
  const modules = ["mpm_event", "authz_core", "alias", "setenvif"].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  const configuration = join(base, "apache/apache.conf");
  writeFileSync(
    configuration,
    `ServerRoot ${join(base, "apache")}
${modules.join("\n")}
Listen 127.0.0.1:${port}
ServerName 127.0.0.1
PidFile ${join(base, "apache/pid")}
ErrorLog ${join(base, "apache/error.log")}
DocumentRoot ${join(base, "apache/root")}
SetEnvIf Request_URI ^/-/ready culprit_ready
${lines}
`,
  );
  return started("apache2", ["-DFOREGROUND", "-f", configuration], port, "SIGTERM");
}

/** php-fpm at a socket, with settings and environment of its pool. Resolves when the socket is there. */
export async function startPhpFpm(
  base: string,
  {
    ini = {},
    environment = {},
    opcache = false,
  }: { ini?: Record<string, string>; environment?: Record<string, string>; opcache?: boolean },
): Promise<{ socket: string; stop: () => Promise<void> }> {
  const program = readdirSync("/usr/sbin").find((name) => /^php-fpm\d/.test(name));
  if (!program) throw new Error("php-fpm is not installed");
  mkdirSync(join(base, "php"), { recursive: true });
  const socket = join(base, "php/socket");
  const isRoot = process.getuid?.() === 0;
  const settings = [
    ...Object.entries(ini).map(([name, value]) => `php_admin_value[${name}] = ${value}`),
    ...Object.entries(environment).map(([name, value]) => `env[${name}] = ${value}`),
  ];
  writeFileSync(
    join(base, "php/fpm.conf"),
    `[global]
error_log = ${join(base, "php/error.log")}
[test]
${isRoot ? "user = root" : ""}
listen = ${socket}
pm = static
pm.max_children = 2
${settings.join("\n")}
`,
  );
  const cache = opcache ? ["-d", "zend_extension=opcache"] : [];
  const args = ["-n", ...cache, "-F", ...(isRoot ? ["-R"] : []), "-y", join(base, "php/fpm.conf")];
  const child = spawn(program, args, { stdio: "ignore" });
  for (let waited = 0; !existsSync(socket); waited += 20) {
    if (child.exitCode !== null || waited > 10_000) throw new Error("php-fpm did not start");
    await sleep(20);
  }
  return {
    socket,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
