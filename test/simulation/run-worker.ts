import { type Run, runSeed } from './run-seed.ts';

// A process of `spread`: a run comes in, its result goes out, one at a time.
process.on('message', (run) => {
  void runSeed(run as Run).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
