import { readFacts } from '../../support/facts.ts';

/** The columns of the table. `seen` says how sure the fact is: S, F, I or U. */
export const COLUMNS = ['id', 'route', 'fact', 'seen', 'test'] as const;

/** The rows of sim/coverage.md, in its order. */
export const readCoverage = () => readFacts('sim/coverage.md', COLUMNS);
