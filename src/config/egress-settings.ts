/**
 * Where this process may connect to, from its settings alone: the databases they name, what reads secrets and switches,
 * where traces go, and what `EGRESS_HOSTS` adds. Read before the settings are checked, so that the check itself, which
 * asks databases for their stamp, is already inside.
 */
import type { Policy } from '../environment/policy.js';
import { listed } from './setting.types.js';
import type { ProcessEnvironment } from './violation.js';

/** As the guard takes it (`environment/egress.rules.ts`). */
export interface EgressSettings {
  readonly loopback: boolean;
  readonly hosts: readonly string[];
}

const awsServices = ['sts', 'ssm', 'secretsmanager'];
/** What belongs to nobody's vendor: databases, the collector of traces. */
const urls = /^(DATABASE(_[A-Z]+)?_URL|OTEL_EXPORTER_OTLP_ENDPOINT)$/;

/** @param usesAws whether secrets or switches are read from AWS: not in local, but for its preflight (C15) */
export function egressSettings(env: ProcessEnvironment, policy: Policy, usesAws: boolean): EgressSettings {
  const { AWS_REGION: region, EGRESS_HOSTS: more = '', MONGO_URL: mongo = '' } = env;
  const named = Object.entries(env).flatMap(([setting, value]) =>
    urls.test(setting) ? hostIn(value ?? '') : [],
  );
  const aws = usesAws && region ? awsServices.map((service) => `${service}.${region}.amazonaws.com:443`) : [];
  const extra = policy.outbound === 'listed' ? listed(more) : [];
  return {
    loopback: policy.outbound === 'loopback',
    hosts: [...new Set([...named, ...mongoHosts(mongo), ...aws, ...extra])],
  };
}

const defaultPorts: Readonly<Record<string, string>> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'http:': '80',
  'https:': '443',
};

function hostIn(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { hostname, port, protocol } = new URL(text);
  const defaultPort = defaultPorts[protocol];
  return hostname === '' || defaultPort === undefined ? [] : [`${hostname}:${port || defaultPort}`];
}

/** Several hosts, each with a port of its own, are no URL to WHATWG. */
function mongoHosts(text: string): string[] {
  const hosts = /^mongodb:\/\/(?:[^\s/@]+@)?([^\s/@]+)\//.exec(text)?.[1] ?? '';
  return listed(hosts).map((host) => (/:\d+$/.test(host) ? host : `${host}:27017`));
}
