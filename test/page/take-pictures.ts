/*
 * The program of `npm run pictures`. It takes all pictures of the dashboard for docs/images/ anew, with the week of
 * demo data. The clocks stand still at the end of that week, so a picture changes only with the page, the browser or
 * the fonts.
 */

import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../bench/page/launch-browser.ts';
import { PICTURES, type Picture } from './support/pictures.ts';
import { refuseArguments } from './support/refuse-arguments.ts';
import { type Person, type RunningDashboard, signInLink, startDashboard } from './support/start-dashboard.ts';
import { weekOfData } from './support/week-of-data.ts';

const fileOf = ({ name }: Picture): string => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));

refuseArguments('pictures', 'Take the pictures of the dashboard in docs/images/ anew.');
const browser = await launchBrowser();
if (browser === undefined) process.exit(1);
const dashboard = await startDashboard(weekOfData());
const person = await dashboard.person('desk', 'ann');
for (const picture of PICTURES) {
  await take(picture, browser, dashboard, person);
  console.log(fileOf(picture));
}
await browser.close();
await dashboard.close();

async function take(picture: Picture, window: Browser, running: RunningDashboard, who: Person): Promise<void> {
  const { width, height, isDark = false } = picture;
  const context = await running.newContext(window, {
    ...{ viewport: { width, height }, colorScheme: isDark ? 'dark' : 'light' },
  });
  const page = await context.newPage();
  await page.goto(signInLink(running.url, who));
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.goto(`${running.url}${await fragmentOf(picture, running)}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: fileOf(picture), animations: 'disabled' });
  await context.close();
}

async function fragmentOf({ route }: Picture, { cascade }: RunningDashboard): Promise<string> {
  if (typeof route === 'string') return route;
  const { view, of, query } = route;
  const documents = await cascade.documents(view === 'runs' ? 'event:' : 'ticket:');
  const newest = documents.filter(({ appId }) => appId === of).at(-1);
  return `#/${view}/${encodeURIComponent(newest._id)}${query === undefined ? '' : `?${query}`}`;
}
