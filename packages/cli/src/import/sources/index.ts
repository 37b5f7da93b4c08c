/** What can be imported, in the order of the help. */
import type { SourceKind } from "../kind.ts";
import { acct } from "./acct.ts";
import { csv } from "./csv.ts";
import { journal } from "./journal.ts";
import { mysql } from "./mysql.ts";
import { ndjson } from "./ndjson.ts";

export const sourceKinds: readonly SourceKind[] = [csv, ndjson, mysql, journal, acct];
