import { readFacts } from '../support/facts.ts';

/** The facts of docs/stack-exchange.md. */
export const readApiFacts = () => readFacts('docs/stack-exchange.md', ['id', 'fact', 'sure', 'from']);

/** The rows of the simulation's coverage table. */
export const readApiCoverage = () => readFacts('sim/stack-exchange/coverage.md', ['id', 'route', 'test']);
