import type { EntityManager } from 'typeorm';

/** The open transaction that a door hands to the work it runs. It is of no use once that work has ended. */
export type Transaction = EntityManager;
