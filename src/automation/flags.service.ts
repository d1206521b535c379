/** Flags and kill switches as they are now: read in the transaction that decides, never from a cache. */
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { KillSwitchParameter } from '../providers/cloud/kill-switch.provider.js';
import { TenantDb } from '../database/tenant-db.js';
import { effectiveState, type EffectiveState, type LadderStep } from './effective-state.js';

interface Level {
  readonly automationEnabled: boolean | null;
  readonly safeMode: boolean | null;
  readonly killSwitch: boolean;
}

export interface FlagLevels {
  readonly organization: (Level & { readonly ladder: LadderStep | null }) | null;
  readonly platform: Level | null;
  readonly settings: Settings['ceilings'];
  /** The second kill switch of the platform, outside the database; true whenever nobody knows. */
  readonly parameter: boolean;
}

@Injectable()
export class Flags {
  private readonly ceilings: Settings['ceilings'];

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly parameter: KillSwitchParameter,
    config: Config,
  ) {
    this.ceilings = config.get('ceilings', { infer: true });
  }

  /** Joins the caller's transaction. */
  async levels(): Promise<FlagLevels> {
    const [row] = await this.tenantDb.read<Pick<FlagLevels, 'organization' | 'platform'>>(() => ({
      text: bothLevels,
    }));
    const { organization, platform } = row!;
    return { organization, platform, settings: this.ceilings, parameter: this.parameter.isOn() };
  }

  async effective(): Promise<EffectiveState> {
    return stateOf(await this.levels());
  }
}

/** A switch that nobody ever threw is off; whatever else is not set is as safe as can be. */
export function stateOf({ organization, platform, settings, parameter }: FlagLevels): EffectiveState {
  return effectiveState({
    organization,
    platform,
    settings,
    killSwitches: {
      organization: organization?.killSwitch ?? false,
      platform: platform?.killSwitch ?? false,
      parameter,
    },
  });
}

const level = (row: string, more = '') =>
  `json_build_object('automationEnabled', ${row}.automation_enabled, 'safeMode', ${row}.safe_mode, 'killSwitch', ${row}.kill_switch${more})`;

const bothLevels = `
  SELECT CASE WHEN o.id IS NOT NULL THEN ${level('o', `, 'ladder', o.ladder`)} END AS organization,
         CASE WHEN p.name IS NOT NULL THEN ${level('p')} END AS platform
    FROM (SELECT) AS one
    LEFT JOIN organization_flags o ON true
    LEFT JOIN platform_flags p ON true`;
