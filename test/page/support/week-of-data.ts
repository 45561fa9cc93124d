import { makeWeek, WEEK_ENDS, weekChains } from '../../support/week/make-week.ts';
import type { DashboardOptions } from './start-dashboard.ts';

/**
 * A dashboard with the week of demo data. The clocks stand still at the end of the week: Wednesday, 2 December 2026,
 * 07:42 UTC.
 */
export const weekOfData = (): DashboardOptions => ({
  chains: weekChains(),
  apps: [],
  past: { at: WEEK_ENDS, documents: () => makeWeek() },
});
