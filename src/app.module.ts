import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MongoModule } from './archive/mongo.module.js';
import { AuthModule } from './auth/auth.module.js';
import { AuthenticationGuard } from './auth/authentication.guard.js';
import { SettingsModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { AutomationModule } from './automation/automation.module.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HttpModule } from './http/http.module.js';
import { JobHandlersModule } from './jobs/job-handlers.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { CloudModule, openAws } from './providers/cloud/cloud.module.js';
import { MessagingModule } from './providers/messaging/messaging.module.js';
import { MocksModule } from './providers/mocks.module.js';
import { OpenAiModule } from './providers/openai/openai.module.js';
import { RichpanelModule } from './providers/richpanel/richpanel.module.js';
import { SecretsModule } from './providers/secrets/secrets.module.js';
import { ShopifyModule } from './providers/shopify/shopify.module.js';
import { SupportModule } from './support/support.module.js';
import { TenantGuard } from './tenancy/tenant.guard.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The table of contents. */
@Module({
  imports: [
    DatabaseModule,
    MongoModule,
    HttpModule,
    JobsModule,
    CloudModule,
    SecretsModule.register(async (region) => ({ kind: 'aws', access: (await openAws({ region })).access })),
    MocksModule,
    ShopifyModule,
    MessagingModule,
    RichpanelModule,
    OpenAiModule,
    AuthModule,
    OrganizationsModule,
    ConnectionsModule,
    WebhooksModule,
    SupportModule,
    AutomationModule,
    JobHandlersModule,
    OperationsModule,
  ],
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
