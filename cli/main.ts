import { runCli } from './run-cli.ts';

// Whoever read on has left (`… | head -1`): the rest goes nowhere, but what was begun, as `cancel --all`, is ended.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  colored: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
});
