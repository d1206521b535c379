import { exitCode } from './config/exit-codes.js';
import { nodeVersionProblem } from './config/node-version.js';
import { guardEgress } from './environment/egress.guard.js';

const problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(exitCode.unavailable);
}
// Before anything is loaded that could connect: it connects only where the settings allow (S4.3).
guardEgress();
// Loaded only now: what it imports does not exist in an older Node.
const { serve } = await import('./operations/serve.js');
await serve();
