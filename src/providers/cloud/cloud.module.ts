/** Plugs in the second kill switch; and, before there is an application, opens the account for start and preflight. */
import { Global, Inject, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { AwsAccess, type AwsOptions } from './aws-access.js';
import { killSwitchName, type CloudProvider } from './cloud.provider.js';
import { PolledKillSwitch, type KillSwitchOptions } from './kill-switch-parameter.js';
import { KillSwitchParameter, noKillSwitchParameter } from './kill-switch.provider.js';

/** With the longest poll twice over, a flip is known within 5 s while the parameter can be read. */
const pollDeadlineMs = 2_500;

@Global()
@Module({
  providers: [
    {
      provide: KillSwitchParameter,
      inject: [Config],
      useFactory: (config: Config) =>
        select(
          config.get('aws', { infer: true }),
          config.get('policy', { infer: true }).outbound,
          killSwitchName(config.get('environment', { infer: true })),
        ),
    },
  ],
  exports: [KillSwitchParameter],
})
export class CloudModule implements OnModuleDestroy {
  constructor(@Inject(KillSwitchParameter) private readonly parameter: KillSwitchParameter) {}

  onModuleDestroy(): void {
    if (this.parameter instanceof PolledKillSwitch) this.parameter.stop();
  }
}

/** Where nothing but this machine may be reached, an account is for `ops preflight` alone (C15). */
async function select(
  aws: Settings['aws'],
  outbound: Settings['policy']['outbound'],
  name: string,
): Promise<KillSwitchParameter> {
  switch (outbound) {
    case 'loopback':
      return noKillSwitchParameter;
    case 'listed': {
      if (!aws) return noKillSwitchParameter;
      const { cloud } = await openAws({ region: aws.region, deadlineMs: pollDeadlineMs });
      const logger = new Logger(KillSwitchParameter.name);
      const polled = new PolledKillSwitch({
        name,
        read: confirmed(cloud, aws.accountId),
        onChange: ({ on, why }) => logger.warn(`the second kill switch is ${on ? 'on' : 'off'}: ${why}`),
      });
      await polled.start();
      return polled;
    }
  }
}

/** A switch of another account's environment may be off while ours is on: until the account is ours, nothing is known. */
function confirmed(cloud: CloudProvider, accountId: string): KillSwitchOptions['read'] {
  let isOurs = false;
  return async (names) => {
    if (!isOurs) {
      const outcome = await cloud.identity();
      if (outcome.kind !== 'identity') return outcome;
      if (outcome.account !== accountId) return { kind: 'refused', error: 'another-account' };
      isOurs = true;
    }
    return cloud.parameters(names);
  };
}

/** The SDK is loaded only here: a start without an account never does. */
export async function openAws(options: AwsOptions): Promise<{ access: AwsAccess; cloud: CloudProvider }> {
  const { CloudAws } = await import('./cloud.aws.js');
  const access = new AwsAccess(options);
  return { access, cloud: new CloudAws(access) };
}
