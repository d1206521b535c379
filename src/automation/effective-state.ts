/**
 * What an organization's automation may do now: the safest of all levels. A level that could not be read, or whose
 * value is none we know, is as safe as can be. No level can widen what another narrowed.
 */

/** From the least to the most that leaves by itself. */
export const ladderSteps = ['routing', 'drafts', 'whitelist'] as const;
export type LadderStep = (typeof ladderSteps)[number];

type Unsaid = null | undefined;

export interface Flags {
  readonly automationEnabled?: boolean | Unsaid;
  readonly safeMode?: boolean | Unsaid;
}

export interface StateInput {
  readonly organization: (Flags & { readonly ladder?: LadderStep | Unsaid }) | Unsaid;
  readonly platform: Flags | Unsaid;
  /** `AUTOMATION_ENABLED` and `SAFE_MODE`: ceilings. */
  readonly settings: Flags | Unsaid;
  /** True: nothing leaves. `parameter` is the second switch of the platform, outside the database. */
  readonly killSwitches:
    | {
        readonly organization?: boolean | Unsaid;
        readonly platform?: boolean | Unsaid;
        readonly parameter?: boolean | Unsaid;
      }
    | Unsaid;
}

export const killSwitchNames = ['organization', 'platform', 'parameter'] as const;
export type KillSwitch = (typeof killSwitchNames)[number];

export interface EffectiveState {
  /** The switches that are on or unreadable; empty: messages may leave. */
  readonly killedBy: readonly KillSwitch[];
  readonly automationEnabled: boolean;
  readonly safeMode: boolean;
  readonly ladder: LadderStep;
}

export function effectiveState(input: StateInput): EffectiveState {
  const levels = [input.organization, input.platform, input.settings];
  const ladder = input.organization?.ladder;
  return {
    killedBy: killSwitchNames.filter((name) => input.killSwitches?.[name] !== false),
    automationEnabled: levels.every((level) => level?.automationEnabled === true),
    safeMode: !levels.every((level) => level?.safeMode === false),
    ladder: ladderSteps.find((step) => step === ladder) ?? 'routing',
  };
}
