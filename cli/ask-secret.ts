import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CascadeError } from '../src/core/cascade-error.ts';

/** Where the person types, and reads the question. By default it is the process's own terminal. */
interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks the person at the terminal, and shows nothing of what is typed.
 *
 * @throws CascadeError PARAMETERS_INVALID if the person breaks off.
 */
export async function askSecret(
  question: string,
  { input, output }: Streams = { input: process.stdin, output: process.stderr },
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: silent, terminal: true });
  output.write(question);
  const brokenOff = new Promise<never>((_, reject) => {
    terminal.once('close', () => reject(new CascadeError('PARAMETERS_INVALID', 'No password was given.')));
  });
  try {
    return await Promise.race([terminal.question(''), brokenOff]);
  } finally {
    terminal.close();
    output.write('\n');
  }
}
