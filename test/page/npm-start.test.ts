import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../bench/page/launch-browser.ts';
import { type StartProcess, startProcess } from '../support/start-process.ts';

const ANY_PORTS = ['--host-port', '0', '--tenant-port', '0', '--store-port', '0'];

describe('the link of npm start', () => {
  let browser: Browser | undefined;
  let run: StartProcess | undefined;
  let directory = '';

  before(async function () {
    browser = await launchBrowser();
    if (browser === undefined) return this.skip();
    directory = await mkdtemp(join(tmpdir(), 'cascade-page-'));
    const options = ['--json', '--data', join(directory, 'data'), ...ANY_PORTS];
    run = startProcess(options, undefined, { COUCHDB_URL: '' });
  });
  after(async () => {
    await browser?.close();
    run?.child.kill('SIGINT');
    await run?.exit;
    if (directory !== '') await rm(directory, { recursive: true, force: true });
  });

  it('opens the page signed in, on the chains and runs of the examples, and leaves no password in the address', async () => {
    const ready = await run?.event(({ event }) => event === 'ready');
    const { url, user, password } = Object(ready?.['dashboard']) as Readonly<Record<string, string>>;
    if (url === undefined || password === undefined) throw new Error('There is no link.');
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/web\/guest\/cascade\/dashboard#sign-in\?/);
    expect(user).to.equal('desk');
    const page = await (await browser?.newContext())?.newPage();
    if (page === undefined) throw new Error('There is no browser.');
    await page.goto(url);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    expect(page.url()).not.to.include(password);
    await page.goto(`${url.split('#')[0]}#/runs`);
    await page.getByText('Sales extract').first().waitFor();
  });

  it('opens a tenant whose page cannot move the clock, because the sweep and the ledger would not move along', async () => {
    const ready = await run?.event(({ event }) => event === 'ready');
    const { url } = Object(ready?.['tenant']) as Readonly<Record<string, string>>;
    const page = await (await browser?.newContext())?.newPage();
    if (page === undefined || url === undefined) throw new Error('There is no browser, or no tenant.');
    await page.goto(`${url}/_sim/`);
    await page.getByText('Sales extract').first().waitFor();
    expect(await page.getByText('Move the clock').isVisible()).to.equal(false);
    expect(await page.getByText('+ 1 day').isVisible()).to.equal(false);
    await fetch(`${url}/_sim/switches`, { method: 'PUT', body: JSON.stringify({ 'page.movesClock': true }) });
    await page.getByText('+ 1 day').waitFor();
  });
});
