import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { SplitDeliveries } from './split-deliveries.js';

/** Work across organizations, which only `jobs/` may do; features register what they do inside one. */
@Module({ imports: [WebhooksModule], providers: [SplitDeliveries] })
export class JobHandlersModule {}
