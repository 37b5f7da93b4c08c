/** What `auto_prepend_file = culprit.php` adds to a page of php-fpm behind nginx: with and without, in turn, in one run. */
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startNginx, startPhpFpm } from "../../packages/agent/src/testing/web-servers.ts";

const snippet = join(import.meta.dirname, "../../packages/cli/snippets/culprit.php");
const page = '<?php $sum = 0; for ($i = 0; $i < 2000; $i++) { $sum += $i; } echo "ok $sum";';

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({ args: argv, options: { requests: { type: "string", default: "3000" } } });
  // Not /tmp: where many files were removed a moment ago, ext4 takes its time to make one.
  const base = await mkdtemp("/var/tmp/culprit-bench-php-");
  const intake = join(base, "intake");
  await mkdir(intake);
  await writeFile(join(base, "page.php"), page);
  const bare = await serve(base, "bare", {});
  const recorded = await serve(base, "recorded", { auto_prepend_file: snippet });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took: Record<"bare" | "recorded", number[]> = { bare: [], recorded: [] };
  const warmUp = 200;
  for (let number = 0; number < Number(values.requests) + warmUp; number++) {
    for (const [way, { port }] of [["bare", bare] as const, ["recorded", recorded] as const]) {
      const before = performance.now();
      await ask(port, agent);
      if (number >= warmUp) took[way].push((performance.now() - before) * 1000);
    }
  }
  agent.destroy();
  const files = (await readdir(intake)).length;
  await recorded.stop();
  await bare.stop();
  await rm(base, { recursive: true });
  console.log(`${values.requests} requests each way, microseconds; ${files} files recorded`);
  const quantile = (way: "bare" | "recorded", share: number) =>
    took[way].toSorted((a, b) => a - b)[Math.floor(took[way].length * share)]!;
  console.table(
    Object.fromEntries(
      Object.entries({ "first quarter": 0.25, median: 0.5, "third quarter": 0.75 }).map(([name, share]) => [
        name,
        {
          bare: Math.round(quantile("bare", share)),
          recorded: Math.round(quantile("recorded", share)),
          added: Math.round(quantile("recorded", share) - quantile("bare", share)),
        },
      ]),
    ),
  );

  async function serve(folder: string, name: string, ini: Record<string, string>) {
    const own = join(folder, name);
    await mkdir(own);
    const fpm = await startPhpFpm(own, { ini, environment: { CULPRIT_INTAKE: intake }, opcache: true });
    const nginx = await startNginx(own, {
      http: "access_log off;",
      server: `location / { fastcgi_pass unix:${fpm.socket}; fastcgi_param SCRIPT_FILENAME ${folder}/page.php;
fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri; }`,
    });
    const stop = async () => {
      await nginx.stop();
      await fpm.stop();
    };
    return { port: nginx.port, stop };
  }
}

async function ask(port: number, agent: Agent): Promise<void> {
  const request = get({ host: "127.0.0.1", port, path: "/orders/123?x=1", agent });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
}
