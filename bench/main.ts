/** `npm run bench`: measures the application against floors. */
import { exitCode } from '../src/config/exit-codes.js';
import { nodeVersionProblem } from '../src/config/node-version.js';

const problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(exitCode.unavailable);
}
// Loaded only now: what it imports does not exist in an older Node.
await import('./run.js');
