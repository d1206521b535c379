import { Global, Module } from '@nestjs/common';
import { Doors } from './doors.js';
import { EntryDb } from './entry-db.js';
import { PlatformDb } from './platform-db.js';
import { TenantDb } from './tenant-db.js';

@Global()
@Module({ providers: [Doors, TenantDb, EntryDb, PlatformDb], exports: [TenantDb, EntryDb, PlatformDb] })
export class DatabaseModule {}
