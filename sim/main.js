// `npm run tenant` starts this file, which runs a simulated tenant of Qlik Cloud. It is plain JavaScript so that Ctrl-C
// works at once: loading everything else takes a second.
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());

const { register } = await import('tsx/esm/api');
register();
const { runTenant } = await import('./command/run-tenant.ts');
process.exit(
  await runTenant(process.argv.slice(2), {
    signal: stop.signal,
    write: (line) => console.log(line),
    writeError: (line) => console.error(line),
  }),
);
