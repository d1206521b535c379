/** `npm run webhook`: sends a running server what Shopify, Meta and Richpanel would. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 7)) {
  console.error(
    `npm run webhook needs Node 24.7 or later, and this is ${process.versions.node}.\n` +
      'Called through npm it uses the Node that `npm ci` installs on Linux and Windows;\n' +
      'on another platform, or after `npm ci --omit=optional`, install Node 24 yourself.',
  );
  process.exit(69);
}
// Loaded only now: what it uses does not exist in an older Node.
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
