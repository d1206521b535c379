/**
 * Where this process may connect to, from its settings alone: the databases they name, what reads secrets and switches,
 * where traces go, and what `EGRESS_HOSTS` adds. Read before the settings are checked, so that the check itself, which
 * asks databases for their stamp, is already inside.
 */
import type { Policy } from '../environment/policy.js';
import { listed } from './setting.types.js';
import { databaseSettings } from './settings.database.js';
import type { ProcessEnvironment } from './violation.js';

/** As the guard takes it (`environment/egress.rules.ts`). */
export interface EgressSettings {
  readonly loopback: boolean;
  readonly hosts: readonly string[];
}

const awsServices = ['sts', 'ssm', 'secretsmanager'];
/** Settings that name a database; another variable that is spelt alike is nobody's word. */
const databases = Object.keys(databaseSettings).filter((setting) => /^DATABASE.*_URL$/.test(setting));

/** @param usesAws where nothing but this machine is reached, only the preflight asks AWS (C15) */
export function egressSettings(
  env: ProcessEnvironment,
  policy: Policy,
  usesAws = policy.outbound === 'listed',
): EgressSettings {
  const { EGRESS_HOSTS: more = '', MONGO_URL: mongo = '', OTEL_EXPORTER_OTLP_ENDPOINT: traces = '' } = env;
  const named = databases.flatMap((setting) => hostIn(env[setting] ?? '', /^postgres(ql)?:$/));
  const aws = usesAws ? awsHosts(env) : [];
  const extra = policy.outbound === 'listed' ? [...hostIn(traces, /^https?:$/), ...listed(more)] : [];
  return {
    loopback: policy.outbound === 'loopback',
    hosts: [...new Set([...named, ...mongoHosts(mongo), ...aws, ...extra])],
  };
}

/** Also where the container agent hands out credentials, when it says that it does; never EC2's metadata service. */
function awsHosts(env: ProcessEnvironment): string[] {
  const { AWS_REGION: region, AWS_ACCOUNT_ID: account } = env;
  if (!region || !account) return [];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return [
    ...awsServices.map((service) => `${service}.${region}.${domain}:443`),
    ...(env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ? ['169.254.170.2:80'] : []),
    ...(env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ? ['169.254.170.23:80'] : []),
  ];
}

const defaultPorts: Readonly<Record<string, string>> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'http:': '80',
  'https:': '443',
};

function hostIn(text: string, protocols: RegExp): string[] {
  if (!URL.canParse(text) || !protocols.test(new URL(text).protocol)) return [];
  const { hostname, port, protocol } = new URL(text);
  return hostname === '' ? [] : [`${hostname}:${port || defaultPorts[protocol]!}`];
}

/** Several hosts, each with a port of its own, are no URL to WHATWG. */
function mongoHosts(text: string): string[] {
  const hosts = /^mongodb:\/\/(?:[^\s/@]+@)?([^\s/@]+)\//.exec(text)?.[1] ?? '';
  return listed(hosts).map((host) => (/:\d+$/.test(host) ? host : `${host}:27017`));
}
