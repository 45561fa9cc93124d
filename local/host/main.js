// What `npm run host` runs. Plain JavaScript, so that Ctrl-C is heard from the first moment on: loading all else takes a second.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stop.abort();
    // An action can signal its parent: whoever did not press Ctrl-C should see what ended the host.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) process.stderr.write(`Ended by ${signal}.\n`);
  });
}

const { register } = await import('tsx/esm/api');
register();
const { hostTool } = await import('./tool/host-tool.ts');
process.exitCode = await hostTool(process.argv.slice(2), stop.signal);
