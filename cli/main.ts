/*
 * The command `cascade` as a process. This file gives `runCli`, which does the work, the arguments and the streams of
 * the process, and sets the exit code. `runCli` does not know the process, so tests can call it.
 */

import { askSecret } from './ask-secret.ts';
import { runCli } from './run-cli.ts';
import { EXIT, guarded, isColorful, writeLines } from './terminal.ts';

// EPIPE: nobody reads the output any more, as after `… | head -1`. The output is lost, but the command still finishes
// its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const terminal = {
  write: (line: string) => process.stdout.write(line),
  writeError: (line: string) => process.stderr.write(line),
  colored: isColorful(process.stdout, process.env),
  askSecret: process.stdin.isTTY && process.stderr.isTTY ? askSecret : undefined,
};
process.exitCode = await runCli(process.argv.slice(2), terminal).catch((error: unknown) => {
  // `runCli` prints the errors that it expects. This one is probably a bug, so its whole stack is printed. The stack
  // may contain text from outside, so `guarded` shows control characters as text.
  writeLines(guarded(terminal).writeError, String(error instanceof Error ? error.stack : error));
  return EXIT.problems;
});
