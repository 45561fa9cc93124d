import { guarded, isColorful, writeLines } from '../../cli/terminal.ts';
import { CascadeError, type ErrorCode } from '../../src/core/cascade-error.ts';
import { endAll } from './end-all.ts';
import { jsonReporter } from './json-reporter.ts';
import { runStart } from './run-start.ts';
import { readStartOptions, type StartOptions } from './start-options.ts';
import { textReporter } from './text-reporter.ts';

const writeOut = (text: string): void => {
  process.stdout.write(text);
};
const writeError = (text: string): void => {
  process.stderr.write(text);
};

/**
 * The messages of these errors have one line for each problem. In any other message, a line end came with a text from
 * outside.
 */
const HAS_LINES: readonly ErrorCode[] = ['SETTINGS_INVALID', 'DEPLOY_FAILED'];

async function startWith(options: StartOptions, signal: AbortSignal, onEnd: (end: () => Promise<unknown>) => void) {
  const colored = isColorful(process.stdout, process.env);
  const reporter = options.json ? jsonReporter(writeOut) : textReporter(writeOut, colored);
  const terminal = guarded({ write: writeError, writeError, colored });
  try {
    return (await runStart({ options, reporter, terminal, env: process.env, signal, onEnd })) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return options.once ? 1 : 0;
    if (!(error instanceof CascadeError)) writeLines(terminal.writeError, String((error as Error).stack));
    else if (HAS_LINES.includes(error.code)) writeLines(terminal.writeError, error.message);
    else terminal.writeError(`${error.message}\n`);
    return error instanceof CascadeError && error.code === 'NO_CHAINS' ? 2 : 1;
  }
}

/**
 * Runs `npm start`: all of Cascade on one machine, with a simulated tenant of Qlik Cloud. This is the outermost part:
 * it reads the options, prints errors, ends what was started, and chooses the exit code.
 *
 * @param args - the arguments of the command line.
 * @param stop - aborted when everything has to end, for example by Ctrl-C.
 * @returns the exit code: 0 fine, also after Ctrl-C (with `--once` then 1), 1 something failed, 2 misuse (wrong
 *   options, or no chain files).
 */
export async function start(args: readonly string[], stop: AbortController): Promise<number> {
  const read = readStartOptions(args);
  if (read.kind === 'exit') return read.code;
  // If nobody reads our output any more, everything ends in order. Without this, the next line would kill the process.
  process.stdout.on('error', () => stop.abort());
  const ends: (() => Promise<unknown>)[] = [];
  const code = await startWith(read.options, stop.signal, (end) => ends.push(end));
  stop.abort();
  const { writeError: say } = guarded({ write: writeError, writeError, colored: false });
  await endAll(ends, (sentence) => writeLines(say, sentence));
  return code;
}
