/** A path without a known route: `/orders/123?x=1` is `/orders/{}`, so that it is one process and holds nobody's number. */
const segmentsKept = 8;
/** Words as people give them to addresses, and versions of an API. */
const fixed = /^(?:[\p{L}_~.+-]{1,30}|v\d{1,2})$/u;
const longestRun = /[\p{L}]{25,}/u;

export function pathTemplate(target: string): string {
  const [path = ""] = target.slice(0, 2000).split(/[?#;]/);
  const parts = path.split("/").filter((part) => part !== "");
  const kept = parts
    .slice(0, segmentsKept)
    .map((part) => (fixed.test(part) && !longestRun.test(part) ? part : "{}"));
  return `/${[...kept, ...(parts.length > segmentsKept ? ["…"] : [])].join("/")}`;
}
