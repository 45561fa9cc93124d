import { expect } from 'chai';
import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { WatchedGuesses } from './world/watched-guesses.ts';

const ORDER = 'order:default:a:s:r0';
const OTHER = 'order:default:a:s:r1';
const MINUTE = 60_000;

const stored = (_id: string, more: object): StoredDocument => ({ _id, _rev: '1-a', ...more });
const order = (state: string): StoredDocument => stored(ORDER, { state });
const started = (more: object = {}): StoredDocument =>
  stored('started:default:r9', { order: ORDER, also: [], isGuess: true, ...more });
const WRONG = `started:default:r9: ${ORDER} took it by guessing, and was not sent in the minutes before it began`;

/** An order that is claimed at minute 10, and then left in doubt by the same activation or by another one. */
function watched({ isSent = false, next = 'one' }): WatchedGuesses {
  const guesses = new WatchedGuesses();
  guesses.written(order('claimed'), 'one', 10 * MINUTE);
  if (isSent) guesses.sent(ORDER);
  guesses.written(order('unknown'), next, 15 * MINUTE);
  return guesses;
}

describe('a reload that an order takes for its own by guessing', () => {
  it('began within five minutes of a claim that sent its POST', () => {
    const guesses = watched({ isSent: true });
    expect(guesses.problem(undefined, started(), 10 * MINUTE - 7_000)).to.equal(undefined);
    expect(guesses.problem(undefined, started(), 15 * MINUTE)).to.equal(undefined);
    expect(guesses.problem(undefined, started(), 10 * MINUTE - 7_001)).to.equal(WRONG);
    expect(guesses.problem(undefined, started(), 15 * MINUTE + 1)).to.equal(WRONG);
  });

  it('is wrong if the claim only looked, and right if whoever claimed the order never wrote it again', () => {
    expect(watched({}).problem(undefined, started(), 11 * MINUTE)).to.equal(WRONG);
    expect(watched({ next: 'two' }).problem(undefined, started(), 11 * MINUTE)).to.equal(undefined);
  });

  it('is judged for each order that shares it, once, and never if it is certain', () => {
    const guesses = watched({});
    const shared = started({ order: OTHER, also: [ORDER] });
    expect(guesses.problem(started({ order: OTHER }), shared, 11 * MINUTE)).to.equal(WRONG);
    expect(guesses.problem(shared, shared, 11 * MINUTE)).to.equal(undefined);
    expect(guesses.problem(undefined, started({ isGuess: false }), 11 * MINUTE)).to.equal(undefined);
  });
});
