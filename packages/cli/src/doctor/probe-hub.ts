/** Asks the hub once who we are: the answer shows whether it is reached, whether it is a hub, its clock and our role. */
import { identity, problem, type Identity } from "@culprit/protocol";
import { fetchTrusting, type Connection } from "../connection.ts";

export type HubProbe =
  | { kind: "unreachable"; error: unknown }
  | { kind: "not-a-hub"; status: number; contentType: string }
  | { kind: "hub"; identity: Identity | null; refusal: string | null; clockAheadSeconds: number | null };

const timeoutSeconds = 10;

export async function probeHub(
  { hub, token, certificates }: Connection,
  now: () => number,
): Promise<HubProbe> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token) headers["authorization"] = `Bearer ${token.replaceAll(/\s+/g, "")}`;
  try {
    const response = await fetchTrusting(certificates)(`${hub.replace(/\/+$/, "")}/api/v1/session`, {
      method: "GET",
      headers,
      body: null,
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const received = now();
    const text = await response.text();
    const found = identity.safeParse(jsonOf(text));
    const refused = problem.safeParse(jsonOf(text));
    if (!found.success && !refused.success) {
      return {
        kind: "not-a-hub",
        status: response.status,
        contentType: response.headers.get("content-type") ?? "",
      };
    }
    return {
      kind: "hub",
      identity: found.data ?? null,
      refusal: found.success ? null : (refused.data?.code ?? null),
      clockAheadSeconds: clockAhead(response.headers.get("date"), received),
    };
  } catch (error) {
    return { kind: "unreachable", error };
  }
}

/** Our clock minus the hub's; its `date` is cut to whole seconds, hence the half. */
function clockAhead(date: string | null, received: number): number | null {
  const milliseconds = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? null : received / 1_000_000 - (milliseconds / 1000 + 0.5);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
