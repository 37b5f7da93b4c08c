/**
 * Debian's own init script of Apache, on a configuration and a port of its own: nothing of the machine's Apache is touched.
 * `folder` is for init scripts, with one named apache2.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "./web-servers.ts";

export const apacheInitScript = "/etc/init.d/apache2";

export type ApacheService = { folder: string; serves(): Promise<boolean>; stop(): Promise<void> };

export async function apacheService(base: string): Promise<ApacheService> {
  const port = await freePort();
  const configuration = join(base, "apache2");
  const folder = join(base, "init.d");
  for (const each of [folder, configuration, join(configuration, "run"), join(configuration, "log")])
    mkdirSync(each, { recursive: true, mode: 0o755 });
  const variables = {
    APACHE_RUN_USER: "www-data",
    APACHE_RUN_GROUP: "www-data",
    APACHE_PID_FILE: join(configuration, "run/apache2.pid"),
    APACHE_RUN_DIR: join(configuration, "run"),
    APACHE_LOCK_DIR: join(configuration, "run"),
    APACHE_LOG_DIR: join(configuration, "log"),
    LANG: "C",
  };
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  writeFileSync(join(configuration, "envvars"), exports.join(""));
  const modules = ["mpm_event", "authz_core"].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`,
  );
  writeFileSync(
    join(configuration, "apache2.conf"),
    `${modules.join("")}Listen 127.0.0.1:${port}
ServerName 127.0.0.1
PidFile \${APACHE_PID_FILE}
ErrorLog \${APACHE_LOG_DIR}/error.log
User \${APACHE_RUN_USER}
Group \${APACHE_RUN_GROUP}
StartServers 1
`,
  );
  writeFileSync(
    join(folder, "apache2"),
    `#!/bin/sh\nAPACHE_CONFDIR=${configuration}\nexport APACHE_CONFDIR\nexec ${apacheInitScript} "$@"\n`,
    { mode: 0o755 },
  );
  return {
    folder,
    serves: () => answers(port),
    async stop() {
      if (existsSync(variables.APACHE_PID_FILE)) await once(spawn(join(folder, "apache2"), ["stop"]), "exit");
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
