/**
 * Has Postgres parse and plan a statement once a connection instead of every time, by giving it a name (PostgreSQL
 * documentation, "Extended Query"). The policies of row-level security make planning dearer than most of our statements
 * are to execute (docs/performance.md). Only on a connection to Postgres itself: behind a transaction pooler the next
 * transaction may meet a server connection that has never heard of the name. A pooler tells a client a process id of its
 * own making, so the server's answer to who it is shows whether one is between.
 */
import type { Pool, PoolClient } from 'pg';

/** A text is worth a name when it comes again; what is built for each call, as an INSERT of many rows, rarely does. */
const worthwhile = { uses: 3, characters: 4_096, texts: 256 } as const;
const mostCounted = 1_000;

/** Of one pool: every connection of it knows a text by the same name. */
class Names {
  private readonly names = new Map<string, string>();
  private readonly uses = new Map<string, number>();

  /** @returns undefined when it is not worth one, or not yet */
  of(text: string): string | undefined {
    const known = this.names.get(text);
    if (known || text.length > worthwhile.characters || this.names.size >= worthwhile.texts) return known;
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses < worthwhile.uses) {
      if (this.uses.size >= mostCounted) this.uses.clear();
      this.uses.set(text, uses);
      return undefined;
    }
    this.uses.delete(text);
    const name = `bulkhead_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}

interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}

/** A client of `pg`, as far as we look into it. */
interface Wired {
  /** As the server, or a pooler, has told it. */
  readonly processID: number | null;
  query(statement: string | Statement | object, values?: readonly unknown[], callback?: unknown): unknown;
}

/** From now on, of every connection that is taken from the pool. */
export async function nameStatements(pool: Pool): Promise<void> {
  if (!(await reachesServer(pool))) return;
  const names = new Names();
  const met = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (!met.has(client)) nameOn(client as unknown as Wired, names);
    met.add(client);
  });
}

async function reachesServer(pool: Pool): Promise<boolean> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid === (client as unknown as Wired).processID;
  } finally {
    client.release();
  }
}

function nameOn(client: Wired, names: Names): void {
  const send = client.query.bind(client);
  client.query = (statement, values, callback) => {
    const asked = typeof statement === 'string' ? { text: statement, values } : statement;
    const name = isNameable(asked) ? names.of(asked.text) : undefined;
    return name ? send({ ...asked, name }, undefined, callback) : send(statement, values, callback);
  };
}

/** One statement that reads or writes rows; what `pg` itself prepares or streams is left alone. */
function isNameable(asked: object): asked is Statement {
  const { text, name, values } = asked as Partial<Statement>;
  if (text === undefined || name !== undefined || 'submit' in asked) return false;
  return /^\s*(SELECT|INSERT|UPDATE|WITH)\b/.test(text) && (values !== undefined || !text.includes(';'));
}
