// The databases of the hubs of a server on workerd, from outside.
import { createHash, createHmac } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The database of the index, which is no hub: workerd names the file by the class and the object's name. */
export const INDEX = databaseOf(".index");

/** The name of the database of an object. */
export function databaseOf(name) {
  const key = createHash("sha256").update("HubObject").digest();
  const half = (of) => createHmac("sha256", key).update(of).digest().subarray(0, 16);
  const first = half(name);
  return `${Buffer.concat([first, half(first)]).toString("hex")}.sqlite`;
}

/** The rows of the query in a copy of the only object's database. The server may run. */
export function rows(folder, query) {
  return rowsIn(path(folder), query);
}

/** The names of the tables in the database of each object. The server may run. */
export function tables(folder) {
  const query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
  return files(folder).map((file) => rowsIn(file, query).map(({ name }) => name));
}

/** The ids of the objects that have an alarm. workerd keeps alarms in a database of the class. */
export function alarms(folder) {
  const ids = rowsIn(join(folder, "HubObject", "metadata.sqlite"), "SELECT actor_id AS id FROM _cf_ALARM");
  return ids.map(({ id }) => `${id}.sqlite`);
}

function rowsIn(original, query) {
  const copies = mkdtempSync(join(tmpdir(), "millstream-database-"));
  try {
    for (const suffix of ["", "-wal"]) {
      const file = original + suffix;
      if (existsSync(file)) copyFileSync(file, join(copies, `copy${suffix}`));
    }
    const database = new DatabaseSync(join(copies, "copy"));
    try {
      return database.prepare(query).all();
    } finally {
      database.close();
    }
  } finally {
    rmSync(copies, { recursive: true });
  }
}

/** Replaces the only object's database by the result of the SQL in the file `sql`. No server may run. */
export function replace(folder, sql) {
  const file = path(folder);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  const database = new DatabaseSync(file);
  database.exec(readFileSync(sql, "utf8"));
  database.close();
}

/** Changes the only object's database by the SQL. No server may run. */
export function change(folder, sql) {
  const database = new DatabaseSync(path(folder));
  database.exec(sql);
  database.close();
}

function files(folder) {
  const names = readdirSync(join(folder, "HubObject")).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name) && name !== INDEX);
  return names.map((name) => join(folder, "HubObject", name));
}

function path(folder) {
  const [file, ...others] = files(folder);
  if (file === undefined || others.length > 0) throw new Error("there is not exactly one database");
  return file;
}
