import type { BenchContext, Measurement, Metric, PreparedCase } from './bench-case.js';
import { BenchServer } from './bench-database.js';
import { Field } from './field.js';
import { alternate, type RoundPlan, type Series } from './rounds.js';

interface Setting {
  readonly context: BenchContext;
  readonly plan: RoundPlan;
  /** What lies in the databases, in words. */
  readonly data: string;
  /** For a case that writes. */
  readonly durable?: boolean;
  readonly fill: (server: BenchServer, field: Field) => Promise<void>;
  readonly metrics: (series: readonly Series[]) => Metric[];
  /** Looks at what was left behind. @throws Error when it is not what the answers said */
  readonly afterwards?: () => Promise<void>;
}

/** A case on an embedded Postgres with its field of contestants, all of it taken down again whatever happens. */
export async function prepareCase(setting: Setting): Promise<PreparedCase> {
  const { context, plan, durable = false, fill } = setting;
  context.progress('starting Postgres');
  const server = await BenchServer.start({ durable });
  const field = new Field();
  const close = async () => {
    await field.stop();
    await server.stop();
  };
  try {
    await fill(server, field);
    if (durable && !context.smoke) {
      context.progress('filling the write-ahead log, whose files are then reused');
      await server.fillLog();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    close,
    run: async (): Promise<Measurement> => {
      const series = await alternate(field.contestants, plan, context.progress);
      await setting.afterwards?.();
      return {
        postgres: server.version,
        conditions: conditionsOf(setting),
        series,
        metrics: setting.metrics(series),
      };
    },
  };
}

function conditionsOf({ data, plan: { rounds, roundMs, connections } }: Setting): string {
  return `${data}; ${connections} connections, ${rounds} rounds of ${roundMs / 1_000} s in alternation`;
}
