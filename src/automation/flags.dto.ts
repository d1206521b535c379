import { ApiProperty } from '@nestjs/swagger';
import { killSwitchNames, ladderSteps, type KillSwitch, type LadderStep } from './effective-state.js';

class FlagLevel {
  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: 'null: nobody has said, which counts as false',
  })
  automationEnabled: boolean | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: false,
    description: 'null: nobody has said, which counts as true',
  })
  safeMode: boolean | null;

  @ApiProperty({ example: false })
  killSwitch: boolean;
}

class OrganizationLevel extends FlagLevel {
  @ApiProperty({ enum: ladderSteps, nullable: true, example: 'drafts' })
  ladder: LadderStep | null;
}

class EffectiveFlags {
  @ApiProperty({ enum: killSwitchNames, isArray: true, example: [], description: 'The switches that are on' })
  killedBy: readonly KillSwitch[];

  @ApiProperty({ example: true })
  automationEnabled: boolean;

  @ApiProperty({ example: false })
  safeMode: boolean;

  @ApiProperty({ enum: ladderSteps, example: 'drafts' })
  ladder: LadderStep;
}

export class FlagsAnswer {
  @ApiProperty({ type: EffectiveFlags, description: 'What holds: the safest of all levels' })
  effective: EffectiveFlags;

  @ApiProperty({
    type: OrganizationLevel,
    nullable: true,
    example: { automationEnabled: true, safeMode: false, killSwitch: false, ladder: 'drafts' },
    description: 'null: nothing was ever set',
  })
  organization: OrganizationLevel | null;

  @ApiProperty({
    type: FlagLevel,
    nullable: true,
    example: { automationEnabled: true, safeMode: false, killSwitch: false },
  })
  platform: FlagLevel | null;
}
