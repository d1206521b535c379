/** Whom each vendor says we are. A stand-in is not asked: it would say yes, and that would prove nothing. */
import type { Settings } from '../../config/settings.js';
import { providerVendors, type ProviderMode, type ProviderVendor } from '../../environment/policy.js';
import type { RunCheck } from './check.js';
import {
  failed,
  ok,
  skipped,
  type Check,
  type Finding,
  type PreflightDependencies,
  type VendorAccount,
} from './types.js';

export async function checkVendors(
  settings: Settings,
  whoAmI: PreflightDependencies['whoAmI'],
  run: RunCheck,
): Promise<Check[]> {
  return Promise.all(
    providerVendors.map(async (vendor) =>
      run(`vendor ${vendor}`, async () =>
        vendorFinding(settings.providers[vendor], vendor, settings, whoAmI[vendor]),
      ),
    ),
  );
}

async function vendorFinding(
  mode: ProviderMode,
  vendor: ProviderVendor,
  settings: Settings,
  ask: PreflightDependencies['whoAmI'][ProviderVendor],
): Promise<Finding> {
  switch (mode) {
    case 'mock':
      return skipped('mock: nobody real is asked');
    case 'off':
      return skipped('off: nobody is asked');
    case 'test':
    case 'live-read':
    case 'live':
      if (!ask) return failed(`${mode}, and this build cannot ask who we are there`);
      return accountFinding(mode, await ask(settings), settings.accounts[vendor]);
  }
}

function accountFinding(
  mode: ProviderMode,
  answer: VendorAccount,
  allowed: readonly string[] | undefined,
): Finding {
  switch (answer.kind) {
    case 'refused':
      return failed(
        `${mode}: the credentials are refused`,
        'put valid ones into the secret of this environment',
      );
    case 'unavailable':
      return failed(`${mode}: it did not answer, so nothing is known of the credentials`, 'try again');
    case 'account': {
      const { account, scopes = [] } = answer;
      if (allowed && !allowed.includes(account))
        return failed(
          `${mode}: the account ${account} is not on the list of this environment`,
          'use the key of one that is',
        );
      return ok(`${mode}: ${account}${scopes.length > 0 ? `, may ${scopes.join(', ')}` : ''}`);
    }
  }
}
