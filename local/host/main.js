// What `npm run host` runs. Plain JavaScript, so that Ctrl-C is heard from the first moment on: loading all else takes a second.
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());

const { register } = await import('tsx/esm/api');
register();
const { hostTool } = await import('./tool/host-tool.ts');
process.exitCode = await hostTool(process.argv.slice(2), stop.signal);
