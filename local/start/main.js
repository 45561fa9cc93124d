// `npm start` begins here: it runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. This file is
// plain JavaScript, so that Ctrl-C works at once: loading everything else takes a second.
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
process.on('SIGHUP', () => stop.abort());

// The HTTP library of the OpenWhisk client calls url.parse. Newer Nodes would warn of that on standard error.
process.noDeprecation = true;

// If the environment names a proxy, the OpenWhisk client uses it even for this machine, where everything runs.
for (const name of Object.keys(process.env)) if (/^(https?_)?proxy$/i.test(name)) delete process.env[name];

// tsx lets Node.js run TypeScript.
const { register } = await import('tsx/esm/api').catch(() => {
  console.error('The packages are missing: run npm ci first.');
  process.exit(1);
});
register();
const { start } = await import('./start.ts');
process.exit(await start(process.argv.slice(2), stop));
