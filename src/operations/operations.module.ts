import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { HttpModule } from '../http/http.module.js';
import { DemoConnections } from './demo-connections.js';
import { DemoData } from './demo-data.js';
import { HealthController } from './health.controller.js';

@Module({
  imports: [HttpModule, ConnectionsModule],
  controllers: [HealthController],
  providers: [DemoData, DemoConnections],
})
export class OperationsModule {}
