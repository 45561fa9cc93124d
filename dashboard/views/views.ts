import { inboxView } from './inbox/inbox-view.tsx';
import { nowView } from './now/now-view.tsx';
import { numbersView } from './numbers/numbers-view.tsx';
import { runsView } from './runs/runs-view.tsx';
import { ticketsView } from './tickets/tickets-view.tsx';
import type { View } from './view.ts';

/**
 * All views of the page, in the order of the navigation. The frame shows the one that the URL names, or else the first
 * one.
 */
export const VIEWS: readonly [View, ...View[]] = [nowView, runsView, ticketsView, inboxView, numbersView];
