import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { DemoData } from './demo-data.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [HttpModule], controllers: [HealthController], providers: [DemoData] })
export class OperationsModule {}
