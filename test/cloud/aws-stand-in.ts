/**
 * AWS on this machine, as far as we ask it: STS in form and XML, SSM and Secrets Manager in JSON 1.1 with `X-Amz-Target`,
 * errors with `__type` (vendors.md, 6). It refuses what the real one would: a wrong content type, an unsigned request, a
 * scope of another region or service, more than ten names.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StandInState {
  account: string;
  arn: string;
  region: string;
  readonly parameters: Map<string, string>;
  /** Binary where it is bytes. */
  readonly secrets: Map<string, string | Buffer>;
  /** Operations, or operation and secret (`GetSecretValue bulkhead/…`), and how they end. */
  readonly errors: Map<string, { readonly status: number; readonly type: string } | 'hang' | 'cut'>;
}

export interface StandIn {
  readonly endpoint: string;
  readonly state: StandInState;
  /** Every request: its operation, and of a secret its name. */
  readonly asked: string[];
  stop(): Promise<void>;
}

type Answer = { status: number; type: string; body: string };

export async function startAwsStandIn(): Promise<StandIn> {
  const state: StandInState = {
    account: '012345678901',
    arn: 'arn:aws:sts::012345678901:assumed-role/bulkhead-staging/jane@example.com',
    region: 'us-east-2',
    parameters: new Map(),
    secrets: new Map(),
    errors: new Map(),
  };
  const asked: string[] = [];
  const server = createServer((request, response) => void answer(request, response, state, asked));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: StandInState,
  asked: string[],
): Promise<void> {
  const body = await text(request);
  const call = callOf(request, body);
  const secret = call.operation === 'GetSecretValue' ? ` ${String(call.input['SecretId'])}` : '';
  asked.push(`${call.operation}${secret}`);
  const fault = state.errors.get(`${call.operation}${secret}`) ?? state.errors.get(call.operation);
  if (fault === 'hang') return;
  if (fault === 'cut') return void request.socket.destroy();
  const scope = `/${state.region}/${call.service}/aws4_request`;
  const signed = request.headers.authorization ?? '';
  const result = fault
    ? failure(call.service, fault.status, fault.type)
    : signed.startsWith('AWS4-HMAC-SHA256 ') && signed.includes(scope)
      ? perform(call, state)
      : failure(call.service, 403, 'IncompleteSignatureException');
  response.writeHead(result.status, { 'content-type': result.type, 'x-amzn-requestid': 'stand-in' });
  response.end(result.body);
}

interface Call {
  readonly service: 'sts' | 'ssm' | 'secretsmanager' | 'none';
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

function callOf({ method, url, headers }: IncomingMessage, body: string): Call {
  const type = headers['content-type'] ?? '';
  const target = String(headers['x-amz-target'] ?? '');
  if (method !== 'POST' || url !== '/') return { service: 'none', operation: `${method} ${url}`, input: {} };
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const form = Object.fromEntries(new URLSearchParams(body));
    const known = form['Version'] === '2011-06-15';
    return { service: known ? 'sts' : 'none', operation: form['Action'] ?? '', input: form };
  }
  const [prefix, operation = ''] = target.split('.');
  const services = { AmazonSSM: 'ssm', secretsmanager: 'secretsmanager' } as const;
  const service = services[prefix as keyof typeof services] ?? 'none';
  const input = JSON.parse(body || '{}') as Record<string, unknown>;
  return { service: type === 'application/x-amz-json-1.1' ? service : 'none', operation, input };
}

function perform({ service, operation, input }: Call, state: StandInState): Answer {
  switch (`${service} ${operation}`) {
    case 'sts GetCallerIdentity':
      return identity(state);
    case 'ssm GetParameters':
      return parameters(input['Names'] as string[], state);
    case 'secretsmanager GetSecretValue':
      return secretValue(String(input['SecretId']), state);
    default:
      return failure(service, 400, 'UnknownOperationException');
  }
}

function identity({ account, arn }: StandInState): Answer {
  const body = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROAEXAMPLE:jane@example.com</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>stand-in</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
  return { status: 200, type: 'text/xml', body };
}

function parameters(names: readonly string[], state: StandInState): Answer {
  if (names.length > 10) return failure('ssm', 400, 'ValidationException');
  const found = names.filter((name) => state.parameters.has(name));
  return json(200, {
    Parameters: found.map((Name) => ({
      Name,
      Type: 'String',
      Value: state.parameters.get(Name),
      Version: 1,
    })),
    InvalidParameters: names.filter((name) => !state.parameters.has(name)),
  });
}

function secretValue(name: string, state: StandInState): Answer {
  const held = state.secrets.get(name);
  if (held === undefined) return failure('secretsmanager', 400, 'ResourceNotFoundException');
  const arn = `arn:aws:secretsmanager:${state.region}:${state.account}:secret:${name}-AbCdEf`;
  const value = typeof held === 'string' ? { SecretString: held } : { SecretBinary: held.toString('base64') };
  return json(200, { ARN: arn, Name: name, VersionId: 'v1', VersionStages: ['AWSCURRENT'], ...value });
}

/** The message names a person, as AWS does: none of it may come through. */
function failure(service: Call['service'], status: number, type: string): Answer {
  const message = 'User: arn:aws:sts::012345678901:assumed-role/x/jane@example.com is not authorized';
  if (service !== 'sts') return json(status, { __type: type, Message: message, message });
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error><RequestId>stand-in</RequestId></ErrorResponse>`;
  return { status, type: 'text/xml', body };
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/x-amz-json-1.1', body: JSON.stringify(body) };
}
