/*
 * The program of `npm run week`. It starts the dashboard with the week of demo data, to look at by hand. It prints a
 * link and stays until Ctrl-C. The clocks show the real time, so the week ends this morning, or yesterday's.
 */

import { lastMorning, makeWeek } from '../support/week/make-week.ts';
import { refuseArguments } from './support/refuse-arguments.ts';
import { signInLink, startDashboard } from './support/start-dashboard.ts';
import { weekOfData } from './support/week-of-data.ts';

refuseArguments('week', 'Open the dashboard on a week of demo data, until Ctrl-C.');
const dashboard = await startDashboard({
  ...weekOfData(),
  past: { documents: () => makeWeek(lastMorning(Date.now())) },
});
console.log(`Open ${signInLink(dashboard.url, await dashboard.person('desk', 'ann'))}`);
process.once('SIGINT', () => void dashboard.close().then(() => process.exit()));
