import type { From } from '../database/tenant-db.js';
import type { ConnectionAnswer } from './connection.answer.js';
import { Connection } from './connection.entity.js';
import { Endpoint } from './endpoint.entity.js';
import { webhookPath } from './vendors.js';

/** As the select below gives it. */
export interface ConnectionRow extends Omit<ConnectionAnswer, 'credentials' | 'webhook'> {
  readonly hint: string;
  readonly endpointKey: string | null;
  readonly rotating: boolean | null;
}

export function answerOf({ hint, endpointKey, rotating, ...rest }: ConnectionRow): ConnectionAnswer {
  const path = endpointKey === null ? null : webhookPath(rest.provider, endpointKey);
  return { ...rest, credentials: { hint }, webhook: { path, previousSecretValid: rotating === true } };
}

/** The platform's own endpoint is not visible to an organization: hence LEFT. */
export function selectConnections(from: From) {
  return from(Connection, 'connection')
    .leftJoin(Endpoint, 'endpoint', 'endpoint.id = connection.endpointId')
    .select('connection.id', 'id')
    .addSelect('connection.provider', 'provider')
    .addSelect('connection.account', 'account')
    .addSelect('connection.name', 'name')
    .addSelect('connection.status', 'status')
    .addSelect('connection.problem', 'problem')
    .addSelect('connection.credentialsHint', 'hint')
    .addSelect('endpoint.key', 'endpointKey')
    .addSelect('endpoint.previousSecret IS NOT NULL', 'rotating')
    .addSelect('connection.verifiedAt', 'verifiedAt')
    .addSelect('connection.version', 'version')
    .addSelect('connection.createdAt', 'createdAt')
    .addSelect('connection.updatedAt', 'updatedAt');
}
