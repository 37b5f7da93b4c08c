/** What a section shows, as the API tells it to other tools. */
import { m } from "@culprit/messages";

export function JsonLink({ path, query }: { path: string; query: Record<string, string> }) {
  return (
    <a href={`/api/v1${path}?${new URLSearchParams(query)}`} title={m.availability_json_hint()}>
      {m.availability_json()}
    </a>
  );
}
