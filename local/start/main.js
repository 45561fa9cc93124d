// What `npm start` runs. Plain JavaScript, so that Ctrl-C is heard from the first moment on: loading all else takes a second.
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
process.on('SIGHUP', () => stop.abort());

// The OpenWhisk client's HTTP library still calls url.parse, of which newer Nodes warn on standard error.
process.noDeprecation = true;

// Everything is on this machine, and the OpenWhisk client sends even loopback through a proxy that the environment names.
for (const name of Object.keys(process.env)) if (/^(https?_)?proxy$/i.test(name)) delete process.env[name];

const { register } = await import('tsx/esm/api').catch(() => {
  console.error('The packages are missing: run npm ci first.');
  process.exit(1);
});
register();
const { start } = await import('./start.ts');
process.exit(await start(process.argv.slice(2), stop));
