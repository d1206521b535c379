/** What a DTO cannot say alone: which account, credentials and secrets belong to which vendor. */
import { Problem, type InputError } from '../http/problem.js';
import type {
  CreateConnection,
  Credentials,
  UpdateWebhookSecrets,
  WebhookSecrets,
} from './connection.dto.js';
import { requirements, type Vendor } from './vendors.js';

/** @throws Problem `validation-failed` with everything that does not fit the vendor */
export function requireCreatable({ provider, account, credentials, webhook }: CreateConnection): void {
  const errors = [...accountErrors(provider, account), ...credentialErrors(provider, credentials)];
  if (webhook) {
    errors.push(...webhookErrors(provider, webhook));
    if (provider === 'whatsapp' && !webhook.verifyToken) {
      errors.push({
        pointer: '/webhook/verifyToken',
        detail: 'is required for WhatsApp: you choose it, and Meta sends it',
      });
    }
  }
  refuse(errors);
}

export function requireCredentials(vendor: Vendor, credentials: Credentials): void {
  refuse(credentialErrors(vendor, credentials));
}

export function requireWebhookSecrets(vendor: Vendor, webhook: UpdateWebhookSecrets): void {
  refuse(webhookErrors(vendor, webhook));
}

/** The secret among the credentials, of which the last characters are shown. */
export function hintOf({ accessToken, clientSecret, apiKey }: Credentials): string {
  const secret = accessToken ?? clientSecret ?? apiKey ?? '';
  // Of a short secret, four characters would be too much to tell.
  return `••••${secret.length >= 20 ? secret.slice(-4) : ''}`;
}

function refuse(errors: readonly InputError[]): void {
  if (errors.length > 0) throw new Problem('validation-failed', { errors });
}

function accountErrors(vendor: Vendor, account: string): InputError[] {
  const { pattern, words } = requirements[vendor].account;
  return pattern.test(account) ? [] : [{ pointer: '/account', detail: `must be ${words}` }];
}

function credentialErrors(vendor: Vendor, credentials: Credentials): InputError[] {
  const given = Object.entries(credentials).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [name],
  );
  const kinds = requirements[vendor].credentials;
  const fits = kinds.some(
    (kind) => kind.length === given.length && kind.every((name) => given.includes(name)),
  );
  if (fits) return [];
  const words = kinds.map((kind) => kind.join(' with ')).join(', or ');
  return [{ pointer: '/credentials', detail: `must be ${words}, and nothing else` }];
}

function webhookErrors(vendor: Vendor, { secret, verifyToken }: Partial<WebhookSecrets>): InputError[] {
  const errors: InputError[] = [];
  // Sent as it is with every delivery, so it must be beyond guessing by itself.
  if (vendor === 'richpanel' && secret && secret.length < 32) {
    errors.push({ pointer: '/webhook/secret', detail: 'must have at least 32 characters for Richpanel' });
  }
  if (vendor !== 'whatsapp' && verifyToken) {
    errors.push({ pointer: '/webhook/verifyToken', detail: 'is for WhatsApp only' });
  }
  return errors;
}
