import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { timingSafeEqual } from 'node:crypto';
import { Access } from '../auth/access.decorator.js';
import { Config } from '../config/config.module.js';
import { migrationState } from '../database/migrations.js';
import { PlatformDb } from '../database/platform-db.js';
import { HttpMetrics } from '../http/metrics.js';
import { ApiProblems } from '../http/problem.openapi.js';
import { Problem } from '../http/problem.js';

class Health {
  @ApiProperty({ example: 'ok' })
  status: 'ok';
}

@ApiTags('Health')
@Controller()
export class HealthController {
  private readonly metricsToken: string | undefined;

  constructor(
    config: Config,
    private readonly platformDb: PlatformDb,
    private readonly metrics: HttpMetrics,
  ) {
    this.metricsToken = config.get('metricsToken', { infer: true });
  }

  @Get('healthz')
  @Access('public')
  @ApiOperation({ summary: 'The process is alive' })
  @ApiOkResponse({ type: Health })
  live(): Health {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Access('public')
  @ApiOperation({
    summary: 'The process can serve: the database answers and has exactly the migrations of this build',
  })
  @ApiOkResponse({ type: Health })
  @ApiProblems('unavailable')
  async ready(): Promise<Health> {
    const applied = await this.platformDb.read<{ name: string }>({ text: 'SELECT name FROM migrations' });
    const { pending, unknown } = migrationState(applied.map(({ name }) => name));
    if (pending.length + unknown.length > 0) {
      throw new Problem('unavailable', {
        detail: 'The database has other migrations than this build.',
        retryAfter: 5,
      });
    }
    return { status: 'ok' };
  }

  @Get('metrics')
  @Access('public')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiExcludeEndpoint()
  async measure(@Headers('authorization') authorization = ''): Promise<string> {
    if (this.metricsToken !== undefined && !equal(authorization, `Bearer ${this.metricsToken}`)) {
      throw new Problem('unauthenticated');
    }
    return this.metrics.registry.metrics();
  }
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
