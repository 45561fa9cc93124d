import { Command } from 'commander';
import { readCommandLine } from '../../../local/command-line.ts';

/** Ends the process if an npm script without options got an argument: with 0 after `--help`, else with 2. */
export function refuseArguments(script: string, description: string): void {
  const command = new Command(`npm run ${script} --`).description(description);
  const read = readCommandLine(command, process.argv.slice(2), () => undefined);
  if (read.kind === 'exit') process.exit(read.code);
}
