import { EventEmitter as NodeEmitter } from 'node:events';
import { expect } from 'chai';
import EventEmitter, { METHODS } from '../../dashboard/replica/emitter.ts';

/** What both emitters have, as PouchDB calls it. */
interface Emitter {
  on(name: string, listener: (...values: unknown[]) => void): Emitter;
  once(name: string, listener: (...values: unknown[]) => void): Emitter;
  removeListener(name: string, listener: (...values: unknown[]) => void): Emitter;
  removeAllListeners(): Emitter;
  listeners(name: string): unknown[];
  listenerCount(name: string): number;
  emit(name: string, ...values: unknown[]): boolean;
}

const EMITTERS = [
  ['the page’s', () => new EventEmitter() as unknown as Emitter],
  ['Node’s', () => new NodeEmitter() as unknown as Emitter],
] as const;

for (const [whose, create] of EMITTERS) {
  describe(`${whose} emitter of events`, () => {
    it('calls the listeners of an event, in the order in which they came', () => {
      const heard: unknown[] = [];
      const emitter = create();
      emitter.on('a', (...values) => heard.push(['first', ...values])).on('a', () => heard.push('second'));
      emitter.on('b', () => heard.push('other'));
      expect(emitter.emit('a', 1, 2)).to.equal(true);
      expect(emitter.emit('c')).to.equal(false);
      expect(heard).to.deep.equal([['first', 1, 2], 'second']);
    });

    it('calls a listener once that wants that, also if it emits the event again', () => {
      const heard: unknown[] = [];
      const emitter = create();
      emitter.once('a', () => {
        heard.push('once');
        emitter.emit('a');
      });
      emitter.emit('a');
      emitter.emit('a');
      expect(heard).to.deep.equal(['once']);
      expect(emitter.listenerCount('a')).to.equal(0);
    });

    it('removes a listener, also one that was to be called once, and of two equal ones the last', () => {
      const emitter = create();
      const [one, other] = [() => {}, () => {}];
      emitter.on('a', one).once('a', other).on('a', one);
      emitter.removeListener('a', one).removeListener('a', () => {});
      expect(emitter.listeners('a')).to.deep.equal([one, other]);
      emitter.removeListener('a', other);
      expect(emitter.listeners('a')).to.deep.equal([one]);
      expect(emitter.removeAllListeners().listenerCount('a')).to.equal(0);
    });

    it('still calls a listener that is removed while the event is emitted', () => {
      const heard: unknown[] = [];
      const emitter = create();
      const last = () => heard.push('last');
      emitter.on('a', () => emitter.removeListener('a', last)).on('a', last);
      emitter.emit('a');
      emitter.emit('a');
      expect(heard).to.deep.equal(['last']);
    });
  });
}

describe('the page’s emitter of events', () => {
  it('works in an object that was made without the constructor, as PouchDB makes some', () => {
    const emitter = Object.create(EventEmitter.prototype) as Emitter;
    const heard: unknown[] = [];
    emitter.once('a', (value) => heard.push(value)).emit('a', 1);
    expect(heard).to.deep.equal([1]);
  });

  it('has methods that PouchDB finds, one by one', () => {
    expect(Object.keys(EventEmitter.prototype)).to.have.members(Object.keys(METHODS));
  });
});
