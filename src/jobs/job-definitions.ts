/** Every kind of job there is. A job carries ids only: what it works on is read where it is worked off. */
import type { QueueOptions } from 'pg-boss';

/** What each kind of job is told. */
export interface JobData {
  /** The deliveries that one group commit may have stored; an id that was not stored names nothing. */
  'split-deliveries': { readonly deliveryIds: readonly string[] };
  'handle-event': { readonly eventId: string };
  /** The help desk says that a ticket has changed, and not how. */
  'read-ticket': { readonly eventId: string };
  /** What the automation does about a contact's message. */
  'answer-message': { readonly messageId: string };
  'send-message': { readonly messageId: string };
}

export type JobName = keyof JobData;

export interface JobDefinition {
  /** `organization`: enqueued in one and worked off inside it. `platform`: before it is known whose it is. */
  readonly scope: 'organization' | 'platform';
  readonly options: QueueOptions & { readonly retryLimit: number };
  /** At so many running jobs of an organization, in all processes, no more are fetched. Soft: two fetches may both see fewer. */
  readonly groupConcurrency?: number;
  /** Jobs fetched at once, and worked on side by side. */
  readonly batchSize: number;
}

const day = 86_400;

/** Nine attempts within about half an hour, each wait random within its bounds; then the dead letter. */
const patient = {
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 600,
  // A process that was killed leaves its jobs taken; they are given to another after this long.
  expireInSeconds: 30,
  // Work that nobody came for is not thrown away.
  retentionSeconds: 365 * day,
  deleteAfterSeconds: day,
} as const satisfies QueueOptions;

/** Calls vendors, who may take their time. */
const withVendors = { ...patient, expireInSeconds: 120 } as const satisfies QueueOptions;

export const jobDefinitions: Readonly<Record<JobName, JobDefinition>> = {
  'split-deliveries': { scope: 'platform', options: patient, batchSize: 2 },
  'handle-event': { scope: 'organization', options: patient, batchSize: 10, groupConcurrency: 5 },
  // The vendor takes 50 requests in 30 seconds (vendors.md, 3).
  'read-ticket': { scope: 'organization', options: withVendors, batchSize: 2, groupConcurrency: 2 },
  'answer-message': { scope: 'organization', options: withVendors, batchSize: 5, groupConcurrency: 5 },
  'send-message': { scope: 'organization', options: withVendors, batchSize: 5, groupConcurrency: 5 },
};

export const jobNames = Object.keys(jobDefinitions) as JobName[];

export function isJobName(name: string): name is JobName {
  return jobNames.some((each) => each === name);
}

/** Where a job of this kind ends that failed every time; kept until it is replayed. */
export const deadLetterOf = (name: JobName) => `${name}-dead` as const;

export const deadLetterOptions = {
  retryLimit: 0,
  retentionSeconds: 365 * day,
} as const satisfies QueueOptions;
