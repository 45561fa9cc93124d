// The entry of `npm run host`, which runs an OpenWhisk host on this machine. It is plain JavaScript and handles Ctrl-C
// at once: loading the rest takes a second.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stop.abort();
    // An action can send a signal to the host. So the signal is printed, unless it looks like Ctrl-C in a terminal.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) process.stderr.write(`Ended by ${signal}.\n`);
  });
}

const { register } = await import('tsx/esm/api');
register();
const { hostTool } = await import('./tool/host-tool.ts');
process.exitCode = await hostTool(process.argv.slice(2), stop.signal);
