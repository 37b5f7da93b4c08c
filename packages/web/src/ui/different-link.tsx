import { Link } from "@tanstack/react-router";
import { instantText } from "../api/millis.ts";
import type { Span } from "../api/window.ts";

/** Leads from a span that somebody looks at to what was different in it. */
export function DifferentLink({
  span,
  machine,
  children,
}: {
  span: Span;
  machine: string | undefined;
  children: string;
}) {
  const search = { from: instantText(span.from), to: instantText(span.to), machine };
  return (
    <Link to="/differences" search={search}>
      {children}
    </Link>
  );
}
