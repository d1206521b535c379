/** The application as it is deployed: processes of the compiled program, each on a port that it comes back to. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { constants } from 'node:os';
import { Checkout } from '../start/fixtures/checkout.js';
import type { Ending, Program } from '../start/fixtures/program.js';

export type Role = 'all' | 'api' | 'worker';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const exit = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);

const newKey = () => `crash:${randomBytes(32).toString('base64url')}`;

export class Application {
  private constructor(
    private readonly checkout: Checkout,
    readonly settings: Readonly<Record<string, string>>,
  ) {
    // Whatever ends this process ends those it has started.
    process.on('exit', this.killAll);
    for (const signal of signals) process.on(signal, exit);
  }

  private readonly instances: Instance[] = [];

  /** @param database how its doors sign in */
  static async build(database: Readonly<Record<string, string>>): Promise<Application> {
    const checkout = await Checkout.build();
    return new Application(checkout, {
      ...database,
      APP_ENV: 'local',
      LOG_LEVEL: 'silent',
      LISTEN_HOST: '127.0.0.1',
      ACCESS_TOKEN_KEYS: newKey(),
      REFRESH_TOKEN_KEYS: newKey(),
      CREDENTIAL_KEYS: newKey(),
    });
  }

  /** One process, at an address of its own; resolves when it serves. */
  async start(role: Role): Promise<Instance> {
    const settings = { ...this.settings, ROLE: role, PORT: String(await freePort()) };
    const instance = new Instance(role, `http://127.0.0.1:${settings.PORT}`, () =>
      this.checkout.start({ settings }),
    );
    this.instances.push(instance);
    await instance.serving();
    return instance;
  }

  async remove(): Promise<void> {
    this.killAll();
    process.off('exit', this.killAll);
    for (const signal of signals) process.off(signal, exit);
    await this.checkout.remove();
  }

  private readonly killAll = (): void => {
    for (const { program } of this.instances) program.child.kill('SIGKILL');
  };
}

/** One process after the other at the same address. */
export class Instance {
  program: Program;

  constructor(
    readonly role: Role,
    readonly url: string,
    private readonly run: () => Program,
  ) {
    this.program = run();
  }

  async serving(): Promise<void> {
    await this.program.until(/Bulkhead serves at/);
  }

  async kill(): Promise<void> {
    await this.program.stop('SIGKILL');
  }

  async restart(): Promise<void> {
    this.program = this.run();
    await this.serving();
  }

  async terminate(): Promise<Ending> {
    return this.program.stop('SIGTERM');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
