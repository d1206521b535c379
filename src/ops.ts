import { exitCode } from './config/exit-codes.js';
import { nodeVersionProblem } from './config/node-version.js';

const problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(exitCode.unavailable);
}
// Loaded only now: what it imports does not exist in an older Node.
const { runCommand } = await import('./operations/commands.js');
process.exitCode = await runCommand(process.argv.slice(2));
