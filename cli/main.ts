import { askSecret } from './ask-secret.ts';
import { runCli } from './run-cli.ts';
import { EXIT, guarded, isColorful, writeLines } from './terminal.ts';

// The reader has left, as in `… | head -1`. The output is lost, but the command still finishes, as `cancel --all` must.
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
  // A bug: its stack is printed whole. It may contain text from outside, so the terminal is guarded.
  writeLines(guarded(terminal).writeError, String(error instanceof Error ? error.stack : error));
  return EXIT.problems;
});
