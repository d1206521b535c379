import { Module } from '@nestjs/common';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';
import { Endpoints } from './endpoints.service.js';
import { SealedSecrets } from './sealed-secrets.js';
import { VendorAccounts } from './vendor-accounts.js';

@Module({
  controllers: [ConnectionsController],
  providers: [ConnectionsService, Endpoints, SealedSecrets, VendorAccounts],
  exports: [ConnectionsService, Endpoints, SealedSecrets],
})
export class ConnectionsModule {}
