/** Links to the sections of a long page. */
import { Link } from "@tanstack/react-router";
import { m } from "@culprit/messages";

export function WithinPage({ sections }: { sections: readonly { id: string; title: string }[] }) {
  return (
    <nav className="within-page" aria-label={m.within_page()}>
      {sections.map(({ id, title }) => (
        <Link key={id} to="." hash={id} search={(before) => before} replace>
          {title}
        </Link>
      ))}
    </nav>
  );
}
