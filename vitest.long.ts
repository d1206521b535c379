/** Suites that take long: they start programs, connections or a load of their own. `npm run test:processes`, not `npm test`. */
export const longSuites = [
  'test/start/*.test.ts',
  'test/local-postgres/*.test.ts',
  'test/operations/commands.test.ts',
  'test/operations/{doctor,verify}/*.test.ts',
  'test/environment/egress/{table,opening,answers,sidesteps,workers}.test.ts',
  'test/archive/away.test.ts',
  'test/automation-flow/kill-switch.test.ts',
];
