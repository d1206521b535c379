/**
 * How AWS is asked, the same for every service: one attempt, a deadline over everything (credentials, connection, answer),
 * and always at an address that this file makes. A constructor's `endpoint` beats every `AWS_ENDPOINT_URL*` and every
 * profile (vendors.md, 6), so that no stray variable can lead a secret elsewhere; the certificate is always checked, whatever
 * `NODE_TLS_REJECT_UNAUTHORIZED` says. Credentials come from the SDK's own chain.
 */
import type { NoAnswer } from '../exchange.js';
import type { CloudFailure } from './cloud.provider.js';

export interface AwsOptions {
  readonly region: string;
  /** For tests: a stand-in on this machine. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly deadlineMs?: number;
}

export type AwsService = 'sts' | 'ssm' | 'secretsmanager';

export class AwsAccess {
  private readonly deadlineMs: number;

  constructor(private readonly options: AwsOptions) {
    this.deadlineMs = options.deadlineMs ?? 4_000;
  }

  clientOptions(service: AwsService) {
    const { region, endpoint = awsEndpoint(service, region), credentials } = this.options;
    return {
      region,
      endpoint,
      ...(credentials && { credentials }),
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      // Who asks again decides by itself: a poller does in two seconds, a person when the check has failed.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: Math.min(1_500, this.deadlineMs),
        httpsAgent: { rejectUnauthorized: true },
      },
    };
  }

  /** Never throws what the vendor, the network or the credentials did. */
  async ask<Result>(
    send: (options: { abortSignal: AbortSignal }) => Promise<Result>,
  ): Promise<{ readonly answer: Result } | { readonly failure: CloudFailure; readonly error: string }> {
    // The signal ends a request; the race also ends the search for credentials, which knows no signal.
    const abortSignal = AbortSignal.timeout(this.deadlineMs);
    const late = new Promise<never>((_resolve, reject) => {
      abortSignal.addEventListener('abort', () => reject(abortSignal.reason as Error));
    });
    try {
      return { answer: await Promise.race([send({ abortSignal }), late]) };
    } catch (error) {
      return { failure: awsFailure(error), error: errorName(error) };
    }
  }
}

/** Regional, as the egress list names them. */
export function awsEndpoint(service: AwsService, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|DecryptionFailure)$/;
const refused =
  /^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|IncompleteSignatureException|MissingAuthenticationToken|MissingAuthenticationTokenException)$/;
const throttled =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded)$/;
const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EACCES|EPERM)$/;
const connectionLost = /^(ECONNRESET|EPIPE|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function awsFailure(error: unknown): CloudFailure {
  const name = errorName(error);
  if (name === 'CredentialsProviderError') return { kind: 'no-credentials' };
  if (denied.test(name)) return { kind: 'denied', error: name };
  if (refused.test(name)) return { kind: 'refused', error: name };
  return { kind: 'unavailable', reason: reasonOf(error, name) };
}

function reasonOf(error: unknown, name: string): NoAnswer | 'throttled' | 'unexpected' {
  const { code, $metadata: metadata } = error as {
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  // The code first: the SDK calls a connection that was reset a timeout.
  if (typeof code === 'string' && unreachable.test(code)) return 'unreachable';
  if (typeof code === 'string' && connectionLost.test(code)) return 'connection-lost';
  if (throttled.test(name)) return 'throttled';
  if (/^(TimeoutError|AbortError|RequestTimeout)$/.test(name)) return 'timeout';
  return (metadata?.httpStatusCode ?? 0) >= 500 ? 'server-error' : 'unexpected';
}

/** A name as the vendor's list has them, and nothing that could be a text. */
function errorName(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z]{1,64}$/.test(name) ? name : 'Error';
}
