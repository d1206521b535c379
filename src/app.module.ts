import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthModule } from './auth/auth.module.js';
import { AuthenticationGuard } from './auth/authentication.guard.js';
import { SettingsModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { DatabaseModule } from './database/database.module.js';
import { HttpModule } from './http/http.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { TenantGuard } from './tenancy/tenant.guard.js';

/** The table of contents. */
@Module({
  imports: [DatabaseModule, HttpModule, AuthModule, OrganizationsModule, OperationsModule],
  providers: [
    // In this order: first who, then in which organization.
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_GUARD, useClass: TenantGuard },
  ],
})
export class AppModule {
  static register(settings: Settings): DynamicModule {
    return { module: AppModule, imports: [SettingsModule.register(settings)] };
  }
}
