import { BENCHES } from './benches.ts';
import { machineFacts } from './machine-facts.ts';
import { runBenches } from './run-benches.ts';

process.exitCode = await runBenches(process.argv.slice(2), {
  benches: BENCHES,
  write: (line) => console.log(line),
  writeError: (line) => console.error(line),
  machineFacts,
});
