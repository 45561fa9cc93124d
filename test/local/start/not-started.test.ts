import { expect } from 'chai';
import type { ActivationRecord } from '../../../local/host/activations.ts';
import { notStartedOf } from '../../../local/start/not-started.ts';
import { textReporter } from '../../../local/start/text-reporter.ts';
import type { CompiledChains } from '../../../src/core/link.ts';

const AT = Date.UTC(2026, 10, 22, 3, 0, 0);
const ORDER = 'order:default:app-1:s:r1';

const chains = { apps: {}, links: {} } as unknown as CompiledChains;
const ended = (result: object, name = 'reload') =>
  ({ name, end: AT, response: { result } }) as unknown as ActivationRecord;

/** The line on the screen of npm start, without its time; empty if there is none. */
function lineFor(result: object, name?: string): string {
  let out = '';
  const reporter = textReporter((text) => {
    out += text;
  }, false);
  const told = notStartedOf(ended(result, name), chains);
  if (told !== undefined) reporter.notStarted(told);
  return out.replace(/^03:00:00\.000 +app-1 +/, '').trimEnd();
}

describe('the line about an order that came to no reload', () => {
  const dueAt = AT + 300_000;

  it('says that it waits for its app', () => {
    const reason = { code: 'QLIK_BUSY', message: 'busy (RELOADS-012)' };
    expect(lineFor({ order: ORDER, did: 'parked', state: 'parked', reason, dueAt })).to.equal(
      '◷ waits: the app is busy  Cascade looks again at 03:05:00Z at the latest',
    );
  });

  it('says what else it waits for', () => {
    const reason = { code: 'QLIK_RATE_LIMITED', message: 'The rate limit is spent.' };
    expect(lineFor({ order: ORDER, did: 'waiting', state: 'waiting', reason, dueAt })).to.equal(
      '◷ waits: The rate limit is spent  Cascade looks again at 03:05:00Z at the latest',
    );
    expect(lineFor({ order: ORDER, did: 'unknown', state: 'unknown' })).to.equal('◷ waits: Qlik gave no clear answer');
  });

  it('says that it was given up, and why', () => {
    const error = { order: ORDER, code: 'QLIK_REFUSED', message: 'Qlik answered 403.', state: 'gave-up' };
    expect(lineFor({ error })).to.equal('✖ given up: QLIK_REFUSED  Qlik answered 403.');
  });

  it('says that another order does for it', () => {
    const reason = { code: 'merged', message: 'Another order waits' };
    expect(lineFor({ order: ORDER, did: 'merged', state: 'merged', reason })).to.equal('◷ merged  Another order waits');
  });

  it('says, without a ledger, that it was not started', () => {
    const error = { order: ORDER, code: 'QLIK_BUSY', message: 'pending', kind: 'busy' };
    expect(lineFor({ error })).to.equal('✖ not started: QLIK_BUSY  pending');
  });

  it('is not there where a reload was started, nothing was due, or another action ended', () => {
    expect(lineFor({ order: ORDER, did: 'started', state: 'posted', reloadId: 'r2' })).to.equal('');
    expect(lineFor({ order: ORDER, did: 'not-due', state: 'parked' })).to.equal('');
    expect(lineFor({ order: ORDER, did: 'parked', state: 'parked' }, 'sweep')).to.equal('');
    expect(lineFor({ error: { code: 'STORE_UNAVAILABLE', message: 'no answer' } })).to.equal('');
  });
});
