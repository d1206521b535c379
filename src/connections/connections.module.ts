import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';
import { Endpoints } from './endpoints.service.js';
import { OpenConnections } from './open-connections.js';
import { SealedSecrets } from './sealed-secrets.js';
import { VendorAccounts } from './vendor-accounts.js';
import { VendorCalls } from './vendor-call.js';

@Module({
  imports: [HttpModule],
  controllers: [ConnectionsController],
  providers: [ConnectionsService, Endpoints, SealedSecrets, OpenConnections, VendorAccounts, VendorCalls],
  exports: [ConnectionsService, Endpoints, SealedSecrets, OpenConnections, VendorCalls],
})
export class ConnectionsModule {}
