import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.decorator.js';
import { FlagsAnswer } from './flags.dto.js';
import { Flags, stateOf } from './flags.service.js';

@ApiTags('Flags')
@Controller('v1/flags')
export class FlagsController {
  constructor(private readonly flags: Flags) {}

  @Get()
  @Access('organization', 'flags:read')
  @ApiOperation({ summary: 'What your automation may do now, and who says so' })
  @ApiOkResponse({ type: FlagsAnswer })
  async read(): Promise<FlagsAnswer> {
    const levels = await this.flags.levels();
    const { organization, platform } = levels;
    return { effective: stateOf(levels), organization, platform };
  }
}
