/** The program of `npm run simulate`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { readOptions } from './options.ts';
import { simulate } from './simulate.ts';

const read = readOptions(process.argv.slice(2));
if (read.kind === 'exit') process.exitCode = read.code;
else {
  const { options } = read;
  const file = options.trace === undefined ? undefined : openSync(options.trace, 'w');
  process.exitCode = await simulate(options, {
    write: (line) => console.log(line),
    writeTrace: (line) => {
      if (file !== undefined) writeSync(file, `${JSON.stringify(line)}\n`);
    },
    stopwatch: () => performance.now(),
  });
  if (file !== undefined) closeSync(file);
}
