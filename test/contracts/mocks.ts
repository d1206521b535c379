/** What a mock remembers with, in a folder of the test file's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { MockFaults } from '../../src/providers/mock-faults.js';
import { MockFiles } from '../../src/providers/mock-files.js';
import { MockOutbox } from '../../src/providers/mock-outbox.js';

export interface Mocks {
  readonly folder: string;
  readonly outbox: MockOutbox;
  readonly faults: MockFaults;
}

export function mocksOf(folder: string): Mocks {
  const files = new MockFiles(folder);
  return { folder, outbox: new MockOutbox(files), faults: new MockFaults(files) };
}

/** Removed when the file has run. */
export function newMocks(): Mocks {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-mocks-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return mocksOf(join(folder, 'made-when-needed'));
}
