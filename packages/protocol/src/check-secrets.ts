/**
 * The user and password in the address of a check, and the values of its query, are written and never sent back: whoever asks
 * gets three stars for each. These sent to the hub mean what it has, as long as the check goes to the same place.
 */
import type { CheckTarget } from "./check.ts";

const hidden = "***";

type Login = { username: string; password: string };

const loginOf = ({ username, password }: URL): Login | null =>
  username === "" && password === "" ? null : { username, password };

/** As it stands: to write it anew would change its encoding. A part without a name may be a token by itself. */
type QueryPart = { name: string | null; value: string };

function queryOf({ search }: URL): QueryPart[] {
  if (search === "") return [];
  return search
    .slice(1)
    .split("&")
    .map((part) => {
      const at = part.indexOf("=");
      return at === -1 ? { name: null, value: part } : { name: part.slice(0, at), value: part.slice(at + 1) };
    });
}

function withSecrets(url: URL, login: Login | null, query: readonly QueryPart[]): string {
  const written = new URL(url);
  written.username = login?.username ?? "";
  written.password = login?.password ?? "";
  written.search = query.map(({ name, value }) => (name === null ? value : `${name}=${value}`)).join("&");
  return written.href;
}

const covered = ({ name, value }: QueryPart): QueryPart => ({ name, value: value === "" ? "" : hidden });

export function withoutSecrets(target: CheckTarget): CheckTarget {
  if (target.kind !== "http") return target;
  const url = new URL(target.url);
  const [login, query] = [loginOf(url), queryOf(url)];
  if (login === null && query.length === 0) return target;
  const shown = login && { username: hidden, password: hidden };
  return { ...target, url: withSecrets(url, shown, query.map(covered)) };
}

/** With what the target had `before` in place of stars; null if it had none there, or went elsewhere. */
export function withKnownSecrets(target: CheckTarget, before: CheckTarget | undefined): CheckTarget | null {
  if (target.kind !== "http") return target;
  const url = new URL(target.url);
  const [login, query] = [loginOf(url), queryOf(url)];
  const asksForLogin = login?.username === hidden || login?.password === hidden;
  if (!asksForLogin && !query.some(({ value }) => value === hidden)) return target;
  const known = before?.kind === "http" ? new URL(before.url) : null;
  if (known?.origin !== url.origin) return null;
  const kept = asksForLogin ? loginOf(known) : login;
  if (asksForLogin && kept === null) return null;
  const found = knownQuery(query, queryOf(known));
  return found && { ...target, url: withSecrets(url, kept, found) };
}

/** The first star of a name is its first value, and so on. */
function knownQuery(query: readonly QueryPart[], known: readonly QueryPart[]): QueryPart[] | null {
  const seen = new Map<string | null, number>();
  const found: QueryPart[] = [];
  for (const part of query) {
    const place = seen.get(part.name) ?? 0;
    seen.set(part.name, place + 1);
    const before = known.filter(({ name }) => name === part.name)[place];
    if (part.value !== hidden) found.push(part);
    else if (before) found.push(before);
    else return null;
  }
  return found;
}

/** Any text without the logins and queries of the addresses in it, and without what a token of a hub is made of. */
export const textWithoutSecrets = (text: string): string =>
  text
    .replaceAll(/(\/\/)[^\s/?#"\\@]{1,2000}@/g, `$1${hidden}:${hidden}@`)
    .replaceAll(/(\/\/[^\s"\\?#]{1,2000}\?)[^\s"\\]{1,4000}/g, `$1${hidden}`)
    .replaceAll(/(culprit_[a-z]_)[0-9A-Za-z]{32}/g, `$1${hidden}`);
