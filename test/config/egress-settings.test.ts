/** Where a process may connect to, from its settings alone. */
import { describe, expect, test } from 'vitest';
import { egressSettings } from '../../src/config/egress-settings.js';
import { egressHostProblem } from '../../src/environment/egress.rules.js';
import { policies } from '../../src/environment/policy.js';
import { completeSettings, wrongIn } from './complete-settings.js';

describe('the hosts', () => {
  test('are those of the databases and of traces, each with its port and no other', () => {
    const env = {
      ...completeSettings('production'),
      DATABASE_URL: 'postgresql://a:b@db.example/bulkhead',
      DATABASE_READONLY_URL: 'postgresql://a:b@[fd00::7]:6432/bulkhead?sslmode=require',
      MONGO_URL: 'mongodb://u:p@one.example,two.example:27018/bulkhead?replicaSet=a',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/v1',
      APP_URL: 'https://bulkhead.example',
      AWS_REGION: 'us-east-2',
      AWS_ACCOUNT_ID: '012345678901',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/x',
      EGRESS_HOSTS: 'api.example.com, 10.0.0.7:9000',
    };
    const { loopback, hosts } = egressSettings(env, policies.production);
    expect(loopback).toBe(false);
    expect(hosts.toSorted()).toEqual([
      '10.0.0.7:9000',
      '127.0.0.1:1',
      '169.254.170.2:80',
      '[fd00::7]:6432',
      'api.example.com',
      'collector.example:443',
      'db.example:5432',
      'one.example:27017',
      'secretsmanager.us-east-2.amazonaws.com:443',
      'ssm.us-east-2.amazonaws.com:443',
      'sts.us-east-2.amazonaws.com:443',
      'two.example:27018',
    ]);
    expect(hosts.map(egressHostProblem)).toEqual(hosts.map(() => undefined));
  });

  test('in local are this machine, and the databases that somebody brings', () => {
    const env = { AWS_REGION: 'us-east-2', AWS_ACCOUNT_ID: '012345678901', EGRESS_HOSTS: 'api.example.com' };
    expect(egressSettings(env, policies.local)).toEqual({ loopback: true, hosts: [] });
    // C15: its preflight may.
    expect(egressSettings(env, policies.local, true).hosts).toHaveLength(3);
    expect(egressSettings(completeSettings('local'), policies.local).hosts).toEqual(['127.0.0.1:1']);
  });

  test('are none of a variable that is no setting, of another protocol, or of a collector outside this machine', () => {
    const env = {
      DATABASE_NOPE_URL: 'postgresql://a:b@evil.example/bulkhead_local',
      DATABASE_URL: 'https://evil.example/x',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example',
    };
    expect(egressSettings(env, policies.local).hosts).toEqual([]);
    expect(egressSettings(env, policies.staging).hosts).toEqual(['collector.example:443']);
  });

  test('of what is no URL are none, and nothing throws', () => {
    for (const text of ['', 'x', 'postgresql://', 'http:', 'mongodb://', 'mongodb+srv://a.example/b', '::'])
      expect(
        egressSettings({ DATABASE_URL: text, MONGO_URL: text }, policies.production).hosts,
        text,
      ).toEqual([]);
  });

  test('are not added where nothing but this machine is reached, and must be hosts', () => {
    expect(wrongIn({ ...completeSettings('local'), EGRESS_HOSTS: 'api.example.com' })).toEqual([
      'EGRESS_HOSTS',
    ]);
    for (const host of ['https://api.example.com', '*', '*.com', 'a b', 'api.example.com:0'])
      expect(wrongIn({ ...completeSettings('staging'), EGRESS_HOSTS: host }), host).toEqual(['EGRESS_HOSTS']);
    expect(wrongIn({ ...completeSettings('staging'), EGRESS_HOSTS: '*.example.com,[::1]:1' })).toEqual([]);
  });
});
