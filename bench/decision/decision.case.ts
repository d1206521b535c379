import type { BenchCase, Measurement } from '../bench-case.js';
import { BenchServer } from '../bench-database.js';
import { medianRound, ratio, type Series } from '../rounds.js';
import { Site } from './site.js';

const [received, decided] = ['received', 'decided'];

/** What it takes to do something about a delivery, beside storing it. */
export const decision: BenchCase = {
  name: 'decision',
  compares:
    'WhatsApp questions until each is decided on and drafted by two workers, against the same questions only received',
  floors: [{ metric: `${decided} / ${received}, requests/s`, atLeast: 0.25 }],
  prepare: async ({ smoke, progress }) => {
    const plan = smoke
      ? { rounds: 1, questions: 16, shops: 4, connections: 8 }
      : { rounds: 5, questions: 1_000, shops: 24, connections: 64 };
    const undo: (() => unknown)[] = [];
    const close = async () => {
      for (const step of undo.splice(0).toReversed()) await step();
    };
    try {
      progress('starting Postgres');
      const server = await BenchServer.start({ durable: true });
      undo.push(async () => server.stop());
      progress('starting the processes');
      const { shops } = plan;
      const sites = [
        await Site.open(server, { name: received, shops, workers: 0 }, undo),
        await Site.open(server, { name: decided, shops, workers: 2 }, undo),
      ];
      if (!smoke) {
        progress('filling the write-ahead log, whose files are then reused');
        await server.fillLog();
      }
      const run = async (): Promise<Measurement> => {
        progress(`warming up: ${sites.map(({ name }) => name).join(', ')}`);
        for (const site of sites) {
          await site.ask(plan.questions, plan.connections);
          await site.gatherStatistics();
        }
        for (let number = 1; number <= plan.rounds; number += 1) {
          for (const site of sites) {
            const round = await site.ask(plan.questions, plan.connections);
            site.rounds.push(round);
            progress(
              `round ${number}/${plan.rounds}  ${site.name}: ${round.requestsPerSecond.toFixed(0)} a second`,
            );
          }
        }
        for (const site of sites) if (site.works) await site.requireDecided();
        const series = sites.map(({ name, asked, rounds }): Series => {
          return { name, requests: asked, median: medianRound(rounds), rounds };
        });
        return {
          postgres: server.version,
          conditions: `${shops} shops, each question of somebody new; ${plan.connections} connections, ${plan.rounds} rounds of ${plan.questions} questions in alternation`,
          series,
          metrics: [
            ratio(series, decided, received, 'requestsPerSecond'),
            ratio(series, decided, received, 'cpuMicros'),
          ],
        };
      };
      return { run, close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
