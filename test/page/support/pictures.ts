/** A picture of the dashboard that `npm run pictures` takes, with the week of demo data. */
export interface Picture {
  /** The file's name in docs/images/, without `.png`. */
  readonly name: string;
  /** The place in the page: its fragment, or what `npm run pictures` looks for in the ledger. */
  readonly route: string | { readonly view: 'runs' | 'tickets'; readonly of: string; readonly query?: string };
  /** The picture's width in pixels. */
  readonly width: number;
  readonly height: number;
  readonly isDark?: boolean;
}

const [SCREEN, PHONE] = [1_280, 360];

/** All pictures of the dashboard in the documents. `of` is the app whose newest run or ticket is shown. */
export const PICTURES: readonly Picture[] = [
  { name: 'dashboard-now', route: '#/now', width: SCREEN, height: 900 },
  {
    ...{ name: 'dashboard-app', route: '#/now/default%2Ff1a2ce00-0000-4000-8000-000000000013?filter=chain%3Afinance' },
    ...{ width: SCREEN, height: 790, isDark: true },
  },
  { name: 'dashboard-grid', route: '#/runs?as=grid&only=failed', width: SCREEN, height: 620 },
  {
    ...{
      name: 'dashboard-run',
      route: { view: 'runs', of: '5a1e5000-0000-4000-8000-000000000011', query: 'as=timeline' },
    },
    ...{ width: SCREEN, height: 860 },
  },
  {
    ...{ name: 'dashboard-ticket', route: { view: 'tickets', of: 'f1a2ce00-0000-4000-8000-000000000012' } },
    ...{ width: SCREEN, height: 860 },
  },
  { name: 'dashboard-inbox', route: '#/inbox', width: SCREEN, height: 620 },
  { name: 'dashboard-numbers', route: '#/numbers?hours=168', width: SCREEN, height: 620 },
  { name: 'dashboard-phone', route: '#/tickets', width: PHONE, height: 900, isDark: true },
];
