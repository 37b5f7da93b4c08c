/**
 * A path as the segments of a route: what differs from request to request becomes `{}`, so that /orders/123 and /orders/124
 * are one process, and no id, address or secret of a path leaves the machine.
 */
export const variableSegment = "{}";
const segmentsKept = 12;
const segmentCharacters = 60;

const staticFile =
  /\.(?:css|js|mjs|map|wasm|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gv]|wav|pdf|zip|gz|txt|xml|webmanifest)$/i;

/** `static`: a file of a kind that servers hand out as it is; all of them are one process. */
export type PathSegments = { segments: string[]; static: boolean };

/** Of a request's target in any form: query string, fragment, host and path parameters are dropped. */
export function pathSegments(target: string): PathSegments {
  let path = target.slice(0, 4096);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(path);
  if (scheme) path = path.slice(scheme[0].length);
  const end = path.search(/[?#]|%3f/i);
  if (end !== -1) path = path.slice(0, end);
  const parts = path.split("/").filter((part) => !/^\.{0,2}$/.test(part));
  const isStatic = staticFile.test(parts.at(-1) ?? "");
  const segments: string[] = [];
  for (const part of parts.slice(0, segmentsKept)) segments.push(segmentOf(part, segments.at(-1)));
  if (parts.length > segmentsKept) segments.push("…");
  return { segments, static: isStatic };
}

/** What follows such a word is for one person's eyes, however it looks. */
const beforeSecret =
  /^(?:tokens?|secrets?|reset|reset-password|password-reset|verify|verification|confirm|confirmation|activate|activation|invite|invites|invitations?|unsubscribe|magic|magic-link|signed|share|shared|api-?keys?|keys?|otp)$/i;
/** Parts of a route as frameworks write them: /orders/{id}, /orders/:id, /orders/<int:id>. */
const placeholder = /^(?:\{[\w.:*?-]*\}|:[A-Za-z_]\w*\??|<[\w:.]+>)$/;
const word = /^[\p{L}_~$@.+-]+$/u;

function segmentOf(part: string, before: string | undefined): string {
  if (placeholder.test(part)) return variableSegment;
  const text = decoded(part.replace(/;.*$/, ""));
  if (text === null || text === "" || text.length > segmentCharacters) return variableSegment;
  if (before !== undefined && beforeSecret.test(before)) return variableSegment;
  if (text.includes("@") || looksLikeToken(text)) return variableSegment;
  if (word.test(text)) return text;
  if (/^v\d{1,2}(?:\.\d{1,2})?$/i.test(text)) return text; // a version of an API
  if (/^[\p{L}]{2,12}\d$/u.test(text)) return text; // oauth2, page1
  if (!/^[\p{L}\p{N}_~$.+-]+$/u.test(text) || digitsOf(text) > 3 + text.length / 3) return variableSegment;
  return withoutNumbers(text);
}

/** order-123 is order-{}; what is left must still be words. */
function withoutNumbers(text: string): string {
  const parts = text.split(/(?<=[-_.])|(?=[-_.])/);
  const kept = parts.map((part) => (/\d/.test(part) ? variableSegment : part)).join("");
  return /\p{L}/u.test(kept) ? kept.replace(/(?:\{\}[-_.]?){2,}/g, variableSegment) : variableSegment;
}

function digitsOf(text: string): number {
  return text.replace(/\D/g, "").length;
}

/** Made by a machine: UUIDs, hashes, base64, keys. Words that people join are told by their separators. */
function looksLikeToken(text: string): boolean {
  if (/^[0-9a-f-]{8,}$/i.test(text) && /\d/.test(text)) return true;
  return text.split(/[-_.]/).some((part) => {
    if (part.length > 24) return true;
    if (part.length < 8) return false;
    const switches = part.match(/[a-z][A-Z0-9]|[A-Z0-9][a-z]|[A-Za-z]\d|\d[A-Za-z]/g)?.length ?? 0;
    if (/\d/.test(part)) return switches >= 3 || part.length >= 16;
    // camelCase has long humps; random letters change their case all the time, or can't be spoken.
    return (switches >= 4 && part.length / switches < 3) || /[bcdfghjklmnpqrstvwxz]{7}/i.test(part);
  });
}

/** Null if it is not UTF-8 or holds what a name can't. */
function decoded(part: string): string | null {
  if (/[^\x21-\x7e]/.test(part) || part.includes("\\")) return null;
  if (!part.includes("%")) return part;
  try {
    const text = decodeURIComponent(part);
    return /[\s/\p{C}]/u.test(text) ? null : text.normalize();
  } catch {
    return null;
  }
}
