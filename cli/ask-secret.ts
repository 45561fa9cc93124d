import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CascadeError } from '../src/core/cascade-error.ts';

/**
 * Where the person types, and where the question is printed. By default these are standard input and standard error.
 */
interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks a person at the terminal for a password, and shows nothing of what the person types. Commands ask in this way
 * because a password among the arguments could be seen by other users of the machine.
 *
 * @throws CascadeError PARAMETERS_INVALID if the person breaks off by Ctrl-C, or if the input ends.
 */
export async function askSecret(
  question: string,
  { input, output }: Streams = { input: process.stdin, output: process.stderr },
): Promise<string> {
  // Node.js echoes what is typed to the interface's output. This output drops everything.
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
