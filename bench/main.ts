import { BENCHES } from './benches.ts';
import { machineFacts } from './machine-facts.ts';
import { runBenches } from './run-benches.ts';
import { removeAll } from './support/removed-at-end.ts';

let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    void removeAll().then((reasons) => {
      for (const reason of reasons) console.error(reason);
      process.exit(130);
    });
  });
}

try {
  process.exitCode = await runBenches(process.argv.slice(2), {
    benches: BENCHES,
    write: (line) => console.log(line),
    writeError: (line) => console.error(line),
    machineFacts,
  });
} catch (error) {
  // After an interrupt, the process ends when everything that the benchmark used is removed.
  if (!isInterrupted) throw error;
}
