import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Injectable,
  Put,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { Access } from '../auth/access.decorator.js';
import { Config } from '../config/config.module.js';
import { timeExample } from '../http/openapi.examples.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { Problem } from '../http/problem.js';
import { vendorOperations, type Operation, type VendorName } from '../providers/exchange.js';
import { MockFaults, mockFaults, type MockFault, type PlannedFault } from '../providers/mock-faults.js';
import { MockOutbox, type AcceptedMessage } from '../providers/mock-outbox.js';

const vendorNames = Object.keys(vendorOperations) as VendorName[];
const operations = [...new Set<Operation>(Object.values(vendorOperations).flat())];

class Accepted implements AcceptedMessage {
  @ApiProperty({ enum: ['whatsapp', 'email'], example: 'whatsapp' })
  vendor: AcceptedMessage['vendor'];

  @ApiProperty({ example: 'wamid.mock.9f86d081884c7d659a2feaa0c55ad015' })
  vendorMessageId: string;

  @ApiProperty({ format: 'date-time', example: timeExample })
  acceptedAt: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { to: { phone: '+447700900123' }, text: 'Hello!' },
    description: 'Whole, as it would have left',
  })
  message: Record<string, unknown>;
}

class Outbox {
  @ApiProperty({ type: [Accepted], description: 'The oldest first' })
  data: Accepted[];
}

class Fault implements PlannedFault {
  @ApiProperty({ enum: vendorNames, example: 'whatsapp' })
  @IsIn(vendorNames)
  vendor: VendorName;

  @ApiProperty({ enum: operations, example: 'send' })
  @IsIn(operations)
  operation: Operation;

  @ApiProperty({ enum: mockFaults, example: 'timeout' })
  @IsIn(mockFaults)
  fault: MockFault;

  @ApiProperty({ minimum: 1, maximum: 1000, example: 2, description: 'How many of the next calls meet it' })
  @IsInt()
  @Min(1)
  @Max(1000)
  calls: number;
}

class Faults {
  @ApiProperty({ type: [Fault] })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Fault)
  faults: Fault[];
}

/** Asked before the body is looked at: where the policy does not allow it, the route is answered as if there were none. */
@Injectable()
class MockControls implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(): boolean {
    if (!this.config.get('policy', { infer: true }).mockControls) throw new Problem('not-found');
    return true;
  }
}

/** Public throughout: local alone has these routes, listens on loopback, and its messages are made up (docs/mocks.md). */
@ApiTags('Mocks (local only)')
@Controller('mocks')
@UseGuards(MockControls)
export class MocksController {
  constructor(
    private readonly outbox: MockOutbox,
    private readonly faults: MockFaults,
  ) {}

  @Get('outbox')
  @Access('public')
  @ApiOperation({
    summary: 'What the mocks of WhatsApp and e-mail accepted, by every process of this checkout',
  })
  @ApiOkResponse({ type: Outbox })
  @ApiProblems('not-found')
  async readOutbox(): Promise<Outbox> {
    return { data: await this.outbox.list() };
  }

  @Delete('outbox')
  @HttpCode(204)
  @Access('public')
  @ApiOperation({ summary: 'Empty the outbox' })
  @ApiNoContentResponse()
  @ApiProblems('not-found')
  async clearOutbox(): Promise<void> {
    await this.outbox.clear();
  }

  @Get('faults')
  @Access('public')
  @ApiOperation({ summary: 'The faults that are still to come' })
  @ApiOkResponse({ type: Faults })
  @ApiProblems('not-found')
  async readFaults(): Promise<Faults> {
    return { faults: await this.faults.pending() };
  }

  @Put('faults')
  @Access('public')
  @ApiOperation({ summary: 'Plan faults for the next calls, in this order; replaces what was planned' })
  @ApiOkResponse({ type: Faults })
  @ApiProblems('validation-failed', 'not-found')
  async planFaults(@Body() { faults }: Faults): Promise<Faults> {
    const errors = faults.flatMap(({ vendor, operation }, index) =>
      vendorOperations[vendor].some((each) => each === operation)
        ? []
        : [{ pointer: `/faults/${index}/operation`, detail: `${vendor} has no such operation` }],
    );
    if (errors.length > 0) throw new Problem('validation-failed', { errors });
    await this.faults.plan(faults);
    return { faults: await this.faults.pending() };
  }

  @Delete('faults')
  @HttpCode(204)
  @Access('public')
  @ApiOperation({ summary: 'Plan no faults' })
  @ApiNoContentResponse()
  @ApiProblems('not-found')
  async clearFaults(): Promise<void> {
    await this.faults.clear();
  }
}
