import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { HttpModule } from '../http/http.module.js';
import { DemoAutomation } from './demo-automation.js';
import { DemoConnections } from './demo-connections.js';
import { DemoData } from './demo-data.js';
import { EgressWatch } from './egress-watch.js';
import { HealthController } from './health.controller.js';
import { MocksController } from './mocks.controller.js';

@Module({
  imports: [HttpModule, ConnectionsModule],
  controllers: [HealthController, MocksController],
  providers: [DemoData, DemoConnections, DemoAutomation, EgressWatch],
})
export class OperationsModule {}
