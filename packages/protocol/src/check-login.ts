/**
 * The user and password in the address of a check are written, and never sent back: whoever asks gets three stars for each.
 * These sent to the hub mean what it has, as long as the check goes to the same place.
 */
import type { CheckTarget } from "./check.ts";

const hidden = "***";

type Login = { username: string; password: string };

const loginOf = (address: string): Login | null => {
  const { username, password } = new URL(address);
  return username === "" && password === "" ? null : { username, password };
};

function withLogin(address: string, { username, password }: Login): string {
  const url = new URL(address);
  url.username = username;
  url.password = password;
  return url.href;
}

export function withoutLogin(target: CheckTarget): CheckTarget {
  if (target.kind !== "http" || loginOf(target.url) === null) return target;
  return { ...target, url: withLogin(target.url, { username: hidden, password: hidden }) };
}

/** With the login that the target had `before`, where it says no more than that; null if it had none, or elsewhere. */
export function withKnownLogin(target: CheckTarget, before: CheckTarget | undefined): CheckTarget | null {
  if (target.kind !== "http") return target;
  const told = loginOf(target.url);
  if (told?.username !== hidden && told?.password !== hidden) return target;
  if (before?.kind !== "http" || new URL(before.url).origin !== new URL(target.url).origin) return null;
  const known = loginOf(before.url);
  return known && { ...target, url: withLogin(target.url, known) };
}

/** Any text without the logins of the addresses in it. */
export const withoutLogins = (text: string): string =>
  text.replaceAll(/(\/\/)[^\s/?#"\\@]{1,2000}@/g, `$1${hidden}:${hidden}@`);
