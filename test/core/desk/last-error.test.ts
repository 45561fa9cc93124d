import { expect } from 'chai';
import { lastErrorIn, notedError, reasonText } from '../../../src/core/desk/last-error.ts';
import { newTicket, raisedTicket } from '../../../src/core/tickets/raise-ticket.ts';
import { type Ticket, whyFailed } from '../../../src/core/tickets/ticket.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const FIRST = { code: 'E1', message: 'No connection.' };
const SECOND = { code: 'E2', message: 'Disk full.' };
type Noted = { readonly error?: typeof FIRST; readonly errorAt?: EpochMs };

const streak = (times: number, lastFailedAt: number, noted: Noted) =>
  ({ since: 10, first: 'r1', times, lastFailedAt, ticket: 'ticket:reload:default:r1', ...noted }) as Parameters<
    typeof raisedTicket
  >[1];
const ticket = (times: number, lastFailedAt: number, noted: Noted): Ticket => {
  const {
    times: _,
    lastFailedAt: __,
    ...rest
  } = newTicket(
    streak(1, 10, {}),
    { tenant: 'default', appId: 'a', chains: [], waiting: [] } as unknown as Parameters<typeof newTicket>[1],
    99 as EpochMs,
  );
  return { ...rest, times, lastFailedAt: lastFailedAt as EpochMs, ...noted };
};
const AT_20 = { error: SECOND, errorAt: 20 as EpochMs };

describe('why an app failed last', () => {
  it('is the error of the last failure, and never that of an earlier one', () => {
    expect(lastErrorIn(streak(1, 10, { error: FIRST }))).to.equal(FIRST);
    expect(lastErrorIn(streak(2, 20, AT_20))).to.equal(SECOND);
    expect(lastErrorIn(streak(2, 20, {}))).to.equal(undefined);
    // A storer of an earlier version has counted a failure, and left the error as it was.
    expect(lastErrorIn(streak(2, 20, { error: FIRST }))).to.equal(undefined);
    expect(lastErrorIn(streak(3, 30, AT_20))).to.equal(undefined);
  });

  it('is noted with the failure that it is of, unless that is the first one', () => {
    expect(notedError(FIRST, 10 as EpochMs, 10 as EpochMs)).to.deep.equal({ error: FIRST });
    expect(notedError(SECOND, 20 as EpochMs, 10 as EpochMs)).to.deep.equal(AT_20);
    expect(notedError(undefined, 20 as EpochMs, 10 as EpochMs)).to.deep.equal({});
  });

  it('is a sentence for people, also if Qlik gave only a code, or nothing', () => {
    expect([FIRST, { code: 'EOF', message: '' }, { code: '', message: '' }, undefined].map(reasonText)).to.deep.equal([
      ...['No connection.', 'EOF', 'Qlik did not say why.', 'Qlik did not say why.'],
    ]);
    expect(whyFailed(ticket(1, 10, { error: FIRST }))).to.equal('No connection.');
    expect(whyFailed(ticket(2, 20, {}))).to.equal('Qlik did not say why.');
    // Tickets of an earlier version have the error of the first failure.
    expect(whyFailed(ticket(2, 20, { error: FIRST }))).to.equal('The ledger does not say why.');
  });
});

describe('a ticket', () => {
  const raised = (known: Ticket, of: Parameters<typeof raisedTicket>[1]) => {
    const { error, errorAt, ...rest } = raisedTicket(known, of) ?? known;
    return [rest.times, rest.lastFailedAt, error, errorAt];
  };

  it('gets the error of a later failure, and loses the one that it has if Qlik gave none', () => {
    const one = ticket(1, 10, { error: FIRST });
    expect(raised(one, streak(2, 20, AT_20))).to.deep.equal([2, 20, SECOND, 20]);
    expect(raised(one, streak(2, 20, {}))).to.deep.equal([2, 20, undefined, undefined]);
  });

  it('keeps its error if an activation comes with an earlier state of the streak', () => {
    const two = ticket(2, 20, AT_20);
    expect(raisedTicket(two, streak(1, 10, { error: FIRST }))).to.equal(undefined);
    const recovered = { ...streak(1, 10, { error: FIRST }), reloadId: 'r3', recoveredAt: 30 } as Parameters<
      typeof raisedTicket
    >[1];
    expect(raised(two, recovered)).to.deep.equal([2, 20, SECOND, 20]);
    expect(raisedTicket(two, streak(2, 20, {}))).to.equal(undefined);
  });

  it('gets the error that a storer of an earlier version did not write', () => {
    expect(raised(ticket(2, 20, { error: FIRST }), streak(2, 20, AT_20))).to.deep.equal([2, 20, SECOND, 20]);
    expect(raisedTicket(ticket(2, 20, AT_20), streak(2, 20, AT_20))).to.equal(undefined);
  });
});
