/** The secret of `#once=<token>`; white space that a terminal or a mail put into it is dropped. */
export function onceToken(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("once")?.replace(/\s+/g, "");
  return token || undefined;
}

/** Where to go after signing in: a path of this page's own host, never another one. */
export function safeBack(back: string | undefined): string {
  return back !== undefined && /^\/(?![/\\])/.test(back) && !back.startsWith("/sign-in") ? back : "/";
}
