import { Session } from '../auth/session.entity.js';
import { User } from '../auth/user.entity.js';
import { IdempotencyKey } from '../http/idempotency-key.entity.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';

export const entities = [IdempotencyKey, Member, Organization, Session, User];
