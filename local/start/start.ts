import { guarded, isColorful, writeLines } from '../../cli/terminal.ts';
import { CascadeError, type ErrorCode } from '../../src/core/cascade-error.ts';
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

/** Their messages may have a line for each thing that is wrong; in others a line end is a part of what somebody wrote. */
const HAS_LINES: ReadonlySet<string> = new Set<ErrorCode>(['SETTINGS_INVALID', 'DEPLOY_FAILED']);

async function startWith(options: StartOptions, signal: AbortSignal, onEnd: (end: () => Promise<unknown>) => void) {
  const colored = isColorful(process.stdout, process.env);
  const reporter = options.json ? jsonReporter(writeOut) : textReporter(writeOut, colored);
  const terminal = guarded({ write: writeError, writeError, colored });
  try {
    return (await runStart({ options, reporter, terminal, env: process.env, signal, onEnd })) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return options.once ? 1 : 0;
    if (error instanceof CascadeError && !HAS_LINES.has(error.code)) terminal.writeError(`${error.message}\n`);
    else
      writeLines(terminal.writeError, error instanceof CascadeError ? error.message : String((error as Error).stack));
    return error instanceof CascadeError && error.code === 'NO_CHAINS' ? 2 : 1;
  }
}

/**
 * `npm start`.
 *
 * @param stop - aborted by Ctrl-C.
 * @returns the exit code: 0 fine, also after Ctrl-C (with `--once` then 1), 1 something failed, 2 misuse.
 */
export async function start(args: readonly string[], stop: AbortController): Promise<number> {
  const read = readStartOptions(args);
  if (read.kind === 'exit') return read.code;
  // Nobody reads on: what would be told next ends the process before it has cleaned up.
  process.stdout.on('error', () => stop.abort());
  const ends: (() => Promise<unknown>)[] = [];
  const code = await startWith(read.options, stop.signal, (end) => ends.push(end));
  stop.abort();
  // One after the other: what was started last uses what was started before it.
  for (const end of ends.reverse()) await end().catch(() => {});
  return code;
}
