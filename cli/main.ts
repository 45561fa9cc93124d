import { runCli } from './run-cli.ts';
import { EXIT, guarded, isColorful, writeLines } from './terminal.ts';

// Whoever read on has left (`… | head -1`): the rest goes nowhere, but what was begun, as `cancel --all`, is ended.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const terminal = {
  write: (line: string) => process.stdout.write(line),
  writeError: (line: string) => process.stderr.write(line),
  colored: isColorful(process.stdout, process.env),
};
process.exitCode = await runCli(process.argv.slice(2), terminal).catch((error: unknown) => {
  // A bug: told whole, but what others wrote is in it too.
  writeLines(guarded(terminal).writeError, String(error instanceof Error ? error.stack : error));
  return EXIT.problems;
});
