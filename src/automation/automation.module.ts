import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { HttpModule } from '../http/http.module.js';
import { SupportModule } from '../support/support.module.js';
import { AnswerFacts } from './answer-facts.js';
import { AnswerMessage } from './answer-message.js';
import { AnswerText } from './answer-text.js';
import { DecisionsController } from './decisions.controller.js';
import { DecisionsService } from './decisions.service.js';
import { DraftsController } from './drafts.controller.js';
import { DraftsService } from './drafts.service.js';
import { FlagsController } from './flags.controller.js';
import { Flags } from './flags.service.js';
import { OrderLookup } from './order-lookup.js';
import { Phrasing } from './phrasing.js';
import { RecentReplies } from './recent-replies.js';
import { Router } from './router.js';
import { RoutingRulesController } from './routing-rules.controller.js';
import { RoutingRulesService } from './routing-rules.service.js';
import { SendGate } from './send-gate.js';
import { SendMessage } from './send-message.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';
import { UsableTemplates } from './usable-templates.js';

@Module({
  imports: [ConnectionsModule, HttpModule, SupportModule],
  controllers: [
    DecisionsController,
    DraftsController,
    FlagsController,
    RoutingRulesController,
    TemplatesController,
  ],
  providers: [
    AnswerFacts,
    AnswerMessage,
    AnswerText,
    DecisionsService,
    DraftsService,
    Flags,
    OrderLookup,
    Phrasing,
    RecentReplies,
    Router,
    RoutingRulesService,
    SendGate,
    SendMessage,
    TemplatesService,
    UsableTemplates,
  ],
})
export class AutomationModule {}
