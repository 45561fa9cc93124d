import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  colored: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
});
