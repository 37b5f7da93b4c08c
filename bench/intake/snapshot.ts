/** Snapshots of the OS processes of a believable server: most stand still, a few work, some come and go. */
import { seededRandom } from "@culprit/analysis";
import type { OsProcessColumns } from "@culprit/protocol";

const names = (
  "systemd kthreadd kworker/0:1 kworker/u8:2 ksoftirqd/0 migration/0 rcu_sched sshd cron rsyslogd dbus-daemon nginx " +
  "php-fpm postgres redis-server node python3 java bash sh sleep backup.sh gzip agetty chronyd containerd dockerd"
).split(" ");
const users = ["root", "www-data", "postgres", "redis", "app", "messagebus"];

export class Server {
  readonly #random: () => number;
  readonly #startedAt: number;
  readonly #processes: { uid: string; pid: number; name: string; user: string; cpu: number; rss: number }[] =
    [];

  constructor(seed: number, processes: number, startedAt: number) {
    this.#random = seededRandom(seed);
    this.#startedAt = startedAt;
    for (let at = 0; at < processes; at++) this.#processes.push(this.#spawn(at + 1));
  }

  /** The rows at an instant, `intervalSeconds` after the ones before. */
  snapshot(at: number, intervalSeconds: number): OsProcessColumns {
    const random = this.#random;
    const columns: OsProcessColumns = {
      at: [],
      intervalSeconds: [],
      uid: [],
      pid: [],
      parentPid: [],
      name: [],
      user: [],
      startedAt: [],
      cpuSeconds: [],
      cpuPercent: [],
      cpuTotalSeconds: [],
      threads: [],
      rssBytes: [],
      memoryPercent: [],
      ioReadBytes: [],
      ioWriteBytes: [],
      ioOperations: [],
      runQueueSeconds: [],
      arguments: [],
    };
    this.#processes.forEach((process, index) => {
      if (random() < 0.01) this.#processes[index] = this.#spawn(process.pid + 1000);
      const busy = random() < 0.12;
      const cpuSeconds = busy ? Math.round(random() * intervalSeconds * 20) / 100 : 0;
      process.cpu = Math.round((process.cpu + cpuSeconds) * 100) / 100;
      if (busy) process.rss += Math.floor(random() * 64) * 4096;
      columns.at.push(at);
      columns.intervalSeconds.push(intervalSeconds);
      columns.uid.push(process.uid);
      columns.pid.push(process.pid);
      columns.parentPid.push(index % 7 === 0 ? 1 : 2);
      columns.name.push(process.name);
      columns.user.push(process.user);
      columns.startedAt.push(this.#startedAt + process.pid * 1_000_000);
      columns.cpuSeconds.push(cpuSeconds);
      columns.cpuPercent.push(Math.round((cpuSeconds / intervalSeconds) * 10_000) / 100);
      columns.cpuTotalSeconds.push(process.cpu);
      columns.threads.push(1 + (process.pid % 9));
      columns.rssBytes.push(process.rss);
      columns.memoryPercent.push(Math.round((process.rss / 8e9) * 10_000) / 100);
      columns.ioReadBytes.push(busy ? Math.floor(random() * 500) * 4096 : 0);
      columns.ioWriteBytes.push(busy ? Math.floor(random() * 200) * 4096 : 0);
      columns.ioOperations.push(busy ? Math.floor(random() * 700) : 0);
      columns.runQueueSeconds.push(busy ? Math.round(random() * 1e6) / 1e6 : 0);
      columns.arguments.push(null);
    });
    return columns;
  }

  #spawn(pid: number) {
    const random = this.#random;
    const uid = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join("");
    const name = names[Math.floor(random() * names.length)]!;
    const user = users[Math.floor(random() * users.length)]!;
    return {
      uid,
      pid,
      name,
      user,
      cpu: Math.round(random() * 10_000) / 100,
      rss: Math.floor(random() * 20_000) * 4096,
    };
  }
}
