import { Controller, Get, Header, Headers } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { timingSafeEqual } from 'node:crypto';
import { MongoHealth, type MongoState } from '../archive/mongo.state.js';
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

class Readiness {
  @ApiProperty({ enum: ['ok', 'degraded'], example: 'ok' })
  status: 'ok' | 'degraded';

  @ApiPropertyOptional({
    enum: ['up', 'away', 'refused'],
    example: 'up',
    description:
      'Where MONGO_URL is set: whether the archive can be written. Otherwise the application is degraded and serves all the same; nothing is lost',
  })
  mongo?: Exclude<MongoState, 'off'>;
}

@ApiTags('Health')
@Controller()
export class HealthController {
  private readonly metricsToken: string | undefined;

  constructor(
    config: Config,
    private readonly platformDb: PlatformDb,
    private readonly metrics: HttpMetrics,
    private readonly mongo: MongoHealth,
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
  @ApiOkResponse({ type: Readiness })
  @ApiProblems('unavailable')
  async ready(): Promise<Readiness> {
    const applied = await this.platformDb.read<{ name: string }>({ text: 'SELECT name FROM migrations' });
    const { pending, unknown } = migrationState(applied.map(({ name }) => name));
    if (pending.length + unknown.length > 0) {
      throw new Problem('unavailable', {
        detail: 'The database has other migrations than this build.',
        retryAfter: 5,
      });
    }
    const { state } = this.mongo;
    return state === 'off' ? { status: 'ok' } : { status: state === 'up' ? 'ok' : 'degraded', mongo: state };
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
