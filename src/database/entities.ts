import { Session } from '../auth/session.entity.js';
import { User } from '../auth/user.entity.js';
import { IdempotencyKey } from '../http/idempotency-key.entity.js';
import { Connection } from '../connections/connection.entity.js';
import { Endpoint } from '../connections/endpoint.entity.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import { WebhookEvent } from '../webhooks/webhook-event.entity.js';

export const entities = [
  Connection,
  Endpoint,
  IdempotencyKey,
  Member,
  Organization,
  Session,
  User,
  WebhookEvent,
];
