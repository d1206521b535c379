/**
 * Secrets of vendors at rest: compact JWE (RFC 7516), `dir` with A256GCM. Compact JWE takes no additional data, so the
 * protected header says whose secret it is and what for, and is compared with the row after decryption: a ciphertext
 * copied to another row, organization, purpose or environment does not open there.
 */
import { Injectable } from '@nestjs/common';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { Config } from '../config/config.module.js';
import { KeyRing } from '../providers/secrets/key-ring.provider.js';

export interface Binding {
  /** The organization, or the nil UUID for the platform. */
  readonly org: string;
  /** The connection or endpoint it belongs to. */
  readonly con: string;
  readonly purpose: 'credentials' | 'webhook-secret' | 'verify-token';
}

@Injectable()
export class SealedSecrets {
  private readonly env: string;

  constructor(
    config: Config,
    private readonly ring: KeyRing,
  ) {
    this.env = config.get('environment', { infer: true });
  }

  async seal(secret: string, binding: Binding): Promise<string> {
    const [key] = this.ring.keys('CREDENTIAL_KEYS');
    if (!key) throw new Error('no key to encrypt with');
    return new CompactEncrypt(Buffer.from(secret))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.kid, env: this.env, ...binding })
      .encrypt(key.secret);
  }

  /** @throws Error when it was sealed for something else, by a key we no longer have, or was changed */
  async open(sealed: string, binding: Binding): Promise<string> {
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    const keyOf = ({ kid }: { kid?: string }) => {
      const key = this.ring.keys('CREDENTIAL_KEYS').find((each) => each.kid === kid);
      if (!key) throw new Error('sealed with a key that is not among CREDENTIAL_KEYS');
      return key.secret;
    };
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyOf, options);
    for (const [name, value] of Object.entries({ env: this.env, ...binding })) {
      if (protectedHeader[name] !== value) throw new Error(`sealed for another ${name}`);
    }
    return Buffer.from(plaintext).toString();
  }
}
