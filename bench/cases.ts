import type { BenchCase } from './bench-case.js';
import { membersListGrowth } from './members-list/growth.case.js';
import { membersListThroughput } from './members-list/throughput.case.js';
import { decision } from './decision/decision.case.js';
import { receipt } from './receipt/receipt.case.js';

/** Every case there is, in the order they run. */
export const cases: readonly BenchCase[] = [membersListThroughput, membersListGrowth, receipt, decision];
