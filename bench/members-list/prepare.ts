import type { BenchContext, Measurement, Metric, PreparedCase } from '../bench-case.js';
import { BenchServer } from '../bench-database.js';
import { alternate, type RoundPlan, type Series } from '../rounds.js';
import { Field } from './contestants.js';

interface Setting {
  readonly context: BenchContext;
  readonly plan: RoundPlan;
  /** What lies in the databases, in words. */
  readonly data: string;
  readonly fill: (server: BenchServer, field: Field) => Promise<void>;
  readonly metrics: (series: readonly Series[]) => Metric[];
}

/** A case on an embedded Postgres with its field of contestants, all of it taken down again whatever happens. */
export async function prepareCase({ context, plan, data, fill, metrics }: Setting): Promise<PreparedCase> {
  context.progress('starting Postgres');
  const server = await BenchServer.start();
  const field = new Field();
  const close = async () => {
    await field.stop();
    await server.stop();
  };
  try {
    await fill(server, field);
  } catch (error) {
    await close();
    throw error;
  }
  const { rounds, roundMs, connections } = plan;
  const conditions = `${data}; ${connections} connections, ${rounds} rounds of ${roundMs / 1_000} s in alternation`;
  return {
    close,
    run: async (): Promise<Measurement> => {
      const series = await alternate(field.contestants, plan, context.progress);
      return { postgres: server.version, conditions, series, metrics: metrics(series) };
    },
  };
}
