import { Session } from '../auth/session.entity.js';
import { User } from '../auth/user.entity.js';
import { Decision } from '../automation/decision.entity.js';
import { Draft } from '../automation/draft.entity.js';
import { OrganizationFlags } from '../automation/organization-flags.entity.js';
import { PlatformFlags } from '../automation/platform-flags.entity.js';
import { RoutingRuleRow } from '../automation/routing-rule.entity.js';
import { TemplateVersion } from '../automation/template-version.entity.js';
import { Template } from '../automation/template.entity.js';
import { IdempotencyKey } from '../http/idempotency-key.entity.js';
import { Connection } from '../connections/connection.entity.js';
import { Endpoint } from '../connections/endpoint.entity.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import { Contact } from '../support/contact.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';
import { WebhookEvent } from '../webhooks/webhook-event.entity.js';

export const entities = [
  Connection,
  Contact,
  Conversation,
  Decision,
  Draft,
  Endpoint,
  IdempotencyKey,
  Member,
  Message,
  Organization,
  OrganizationFlags,
  PlatformFlags,
  RoutingRuleRow,
  Session,
  Template,
  TemplateVersion,
  User,
  WebhookEvent,
];
