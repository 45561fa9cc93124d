import { type Run, runSeed } from './run-seed.ts';

// A process of `spread`. It gets one run at a time and sends its result.
process.on('message', (run) => {
  void runSeed(run as Run).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
