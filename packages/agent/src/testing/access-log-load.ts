/** A busy web server's access log, as nginx would write it: pages with ids, static files, scans, failures, slow ones. */
import { appendFileSync, renameSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export type LogLoad = { path: string; perSecond: number; seconds: number };
export type Written = { lines: number; failed: number; slow: number };

const stepMillis = 100;
export const slowSeconds = 3;

/** Writes for so long; in the middle the log is renamed, written to a little more, and made anew. */
export async function writeAccessLog({ path, perSecond, seconds }: LogLoad): Promise<Written> {
  const written: Written = { lines: 0, failed: 0, slow: 0 };
  const start = Date.now();
  const steps = Math.round((seconds * 1000) / stepMillis);
  const renamedAt = Math.floor(steps / 2);
  let target = path;
  for (let step = 0; step < steps; step++) {
    if (step === renamedAt) {
      renameSync(path, `${path}.1`);
      target = `${path}.1`;
    } else if (step === renamedAt + 2) target = path;
    const time = clfTime(new Date());
    let text = "";
    for (let count = 0; count < (perSecond * stepMillis) / 1000; count++) text += line(written, time);
    appendFileSync(target, text);
    await sleep(Math.max(0, start + (step + 1) * stepMillis - Date.now()));
  }
  return written;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function clfTime(at: Date): string {
  const text = at.toISOString();
  return `${text.slice(8, 10)}/${months[at.getUTCMonth()]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}

const pages = ["orders", "products", "customers", "invoices", "reports"];

function line(written: Written, time: string): string {
  const number = written.lines++;
  const page = pages[number % pages.length];
  let path = `/api/v1/${page}/${number}?page=${number % 9}&session=abcdef`;
  let status = 200;
  let seconds = 0.02 + (number % 23) / 1000;
  if (number % 20 === 3) path = `/assets/app.${number}.js`;
  else if (number % 50 === 7) [path, status] = [`/wp-content/${number.toString(36)}x/shell.php`, 404];
  else if (number % 400 === 11) {
    status = 502;
    written.failed++;
  } else if (number > 2000 && number % 500 === 101) {
    seconds = slowSeconds;
    written.slow++;
  }
  return `192.0.2.${number % 250} - - [${time}] "GET ${path} HTTP/1.1" ${status} ${number % 9000} "https://shop.example/${page}" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0" rt=${seconds.toFixed(3)}\n`;
}
