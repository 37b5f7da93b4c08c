/** The questions that the API's description knows: each GET of people, asked about things and windows. */
import type { FastifyInstance } from "fastify";

type Query = Record<string, string>;
type Operation = { parameters?: { in: string; name: string; required?: boolean }[] };

type Wish = {
  /** By what stands in the path before the id. */
  things: Readonly<Record<string, readonly string[]>>;
  /** What a question can't do without. */
  required: Query;
  /** The spans of time that a path is asked about, of the first thing of its kind and of others. */
  spans?: (path: string, thing: number) => readonly Query[];
  /** Asked one by one about the first thing of a kind, where the path knows them. */
  also?: Query;
};

/** Only machines ask these. */
const ofMachines = /\/(intake|benchmarks\/network)$/;

/** As `ask` of a hub under test takes them. */
export function questions(
  app: FastifyInstance,
  { things, required, spans = () => [{}], also = {} }: Wish,
): string[] {
  const { paths } = app.swagger() as { paths: Record<string, { get?: Operation }> };
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get || ofMachines.test(path)) return [];
    const parameters = (get.parameters ?? []).filter((one) => one.in === "query");
    const takes = (name: string) => parameters.some((one) => one.name === name);
    const needs = Object.entries(required).filter(([name]) =>
      name === "metric" ? takes(name) : parameters.some((one) => one.name === name && one.required),
    );
    const asked = path.includes("{id}") ? things[path.split("/")[3]!]! : [""];
    return asked.flatMap((id, thing) => {
      const windows = takes("from") ? spans(path, thing) : [{}];
      const more = thing > 0 ? [] : Object.entries(also).filter(([name]) => takes(name));
      return [...windows, ...more.map(([name, value]) => ({ [name]: value }))].map((query) => {
        const search = new URLSearchParams({ ...Object.fromEntries(needs), ...query }).toString();
        return `${path.replace("/api/v1", "").replace("{id}", id)}?${search}`;
      });
    });
  });
}
