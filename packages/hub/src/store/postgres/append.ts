/** Bulk write: one statement for each machine, whose columns travel as arrays. */
import { sql, type Transaction } from "kysely";
import { storableText } from "../sql.ts";
import { type BulkColumns, type BulkTable, bulkTables, type ColumnType, type Tables } from "../tables.ts";

type Value = string | number | null;

/**
 * Selecting from the machine's own row keeps the statement on the node that holds the machine (Citus). Throws if that row is
 * missing: then nothing would have been inserted.
 */
export async function appendColumns<T extends BulkTable>(
  transaction: Transaction<Tables>,
  table: T,
  columns: BulkColumns<T>,
): Promise<void> {
  const types: [string, ColumnType][] = Object.entries(bulkTables[table]);
  const machineIds = columns.machine_id as readonly number[];
  for (const machineId of new Set(machineIds)) {
    const rows = machineIds.flatMap((id, row) => (id === machineId ? [row] : []));
    const others = types.filter(([name]) => name !== "machine_id");
    const arrays = others.map(([name, type]) => {
      const values = columns[name as keyof BulkColumns<T>] as readonly Value[];
      return sql`${rows.map((row) => storable(values[row]!))}::${sql.raw(type)}[]`;
    });
    const names = others.map(([name]) => sql.ref(name));
    const result = await sql`
      insert into ${sql.table(table)} (machine_id, ${sql.join(names)})
      select s.machine_id, u.* from machine_state as s, unnest(${sql.join(arrays)}) as u
      where s.machine_id = ${machineId}`.execute(transaction);
    if (Number(result.numAffectedRows) !== rows.length)
      throw new Error(
        `${rows.length} rows for ${table} of machine ${machineId}, ${result.numAffectedRows} written`,
      );
  }
}

function storable(value: Value): Value {
  return typeof value === "string" ? storableText(value) : value;
}
