/**
 * Faults that somebody plans for the next calls of mocks. Shared by all processes without a lock: the file's first line
 * is the plan, and each call that it concerns appends a claim; the order of the lines says who meets which fault.
 */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { nobodyAnswers, type WhoAmI } from './account.js';
import type { Operation, VendorName } from './exchange.js';
import { MockFiles } from './mock-files.js';

export const mockFaults = [
  'throttled',
  'credentials-refused',
  'unreachable',
  'timeout',
  'server-error',
  'connection-lost',
] as const;
export type MockFault = (typeof mockFaults)[number];

export interface PlannedFault {
  readonly vendor: VendorName;
  readonly operation: Operation;
  readonly fault: MockFault;
  /** How many of the next calls meet it. */
  readonly calls: number;
}

type Target = Pick<PlannedFault, 'vendor' | 'operation'>;
interface Claim extends Target {
  readonly claim: string;
}
type Line = { readonly planned: readonly PlannedFault[] } | Claim;

const file = 'faults.jsonl';

@Injectable()
export class MockFaults {
  constructor(private readonly files: MockFiles) {}

  /** The fault this call meets, if any. Asked once per call. */
  async next(vendor: VendorName, operation: Operation): Promise<MockFault | undefined> {
    const target = { vendor, operation };
    if ((await this.pending()).every((each) => !same(each, target))) return undefined;
    const claim = randomUUID();
    if (!(await this.files.appendToExisting(file, { claim, ...target }))) return undefined;
    const { planned, claims } = await this.read();
    const place = claims.filter((each) => same(each, target)).findIndex((each) => each.claim === claim);
    const faults = planned
      .filter((each) => same(each, target))
      .flatMap(({ fault, calls }) => Array.from({ length: calls }, () => fault));
    // A claim that is not found was made on a plan that has been replaced since.
    return place < 0 ? undefined : faults[place];
  }

  /** Replaces what was planned. */
  async plan(planned: readonly PlannedFault[]): Promise<void> {
    await this.files.replace(file, { planned });
  }

  /** What is planned and has not been met yet. */
  async pending(): Promise<PlannedFault[]> {
    const { planned, claims } = await this.read();
    const used = new Map<string, number>();
    for (const { vendor, operation } of claims) {
      used.set(`${vendor}.${operation}`, (used.get(`${vendor}.${operation}`) ?? 0) + 1);
    }
    return planned.flatMap((each) => {
      const target = `${each.vendor}.${each.operation}`;
      const met = Math.min(used.get(target) ?? 0, each.calls);
      used.set(target, (used.get(target) ?? 0) - met);
      return met === each.calls ? [] : [{ ...each, calls: each.calls - met }];
    });
  }

  async clear(): Promise<void> {
    await this.files.remove(file);
  }

  private async read(): Promise<{ planned: readonly PlannedFault[]; claims: readonly Claim[] }> {
    const lines = await this.files.lines<Line>(file);
    return {
      planned: lines.flatMap((line) => ('planned' in line ? line.planned : [])),
      claims: lines.filter((line) => 'claim' in line),
    };
  }
}

function same(a: Target, b: Target): boolean {
  return a.vendor === b.vendor && a.operation === b.operation;
}

/** How `whoAmI` ends under a fault. */
export function whoAmIUnder(fault: MockFault): WhoAmI {
  return fault === 'credentials-refused' ? { kind: 'refused' } : nobodyAnswers;
}

/** The status a vendor would have answered under a fault; null when it would have answered nothing. */
export function statusUnder(fault: MockFault): number | null {
  const statuses: Partial<Record<MockFault, number>> = {
    throttled: 429,
    'credentials-refused': 401,
    'server-error': 503,
  };
  return statuses[fault] ?? null;
}
