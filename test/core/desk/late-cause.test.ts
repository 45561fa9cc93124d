import { expect } from 'chai';
import type { AppState } from '../../../src/core/desk/app-state.ts';
import { lateCause } from '../../../src/core/desk/late-cause.ts';
import type { Late } from '../../../src/core/desk/notice.ts';
import { utcText } from '../../../src/core/desk/utc-text.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { AppKey, AppRef } from '../../../src/core/names.ts';

const at = (time: string): number => Date.parse(`2026-11-30T${time}Z`);
const LATE = { deadline: at('07:00'), after: at('00:00'), to: [] } as unknown as Late;

const link = (after: string, target: string, more: object = {}): object => ({
  ...{ chain: 'sales', after: { tenant: 'default', appId: after }, target: { tenant: 'default', appId: target } },
  ...{ on: 'succeeded', clause: 's', body: {}, paused: false, ...more },
});

/** extract → transform → report. Nobody waits for `log`, `old` or `repair`. */
const LINKS = {
  'default/extract': [link('extract', 'transform'), link('extract', 'repair', { on: 'failed' })],
  'default/transform': [link('transform', 'report')],
  'default/log': [link('log', 'report', { on: 'failed' })],
  'default/old': [link('old', 'report', { paused: true })],
} as unknown as CompiledChains['links'];

const failing = (since: string) => ({ failing: { since: at(since), ticket: `ticket:reload:default:${since}` } });
const success = (time: string) => ({ lastSuccess: { endedAt: at(time), reloadId: 'r1' } });

/** The reason why the report is late if the apps are in these states. */
function causeWith(states: Readonly<Record<string, object>>) {
  const stateOf = (key: AppKey) => states[key.slice('default/'.length)] as AppState | undefined;
  const known = { links: LINKS, stateOf, labelOf: (key: AppKey) => `App ${key.slice('default/'.length)}` };
  return lateCause({ tenant: 'default', appId: 'report' } as AppRef, LATE, { ...known, timeOf: utcText });
}

describe('why an app is late', () => {
  it('is first of all that it is failing itself', () =>
    expect(causeWith({ report: failing('03:12'), extract: failing('01:00') })).to.deep.equal({
      text: 'It is failing since 2026-11-30 03:12 UTC',
      ticket: 'ticket:reload:default:03:12',
    }));

  it('is the nearest app before it that is failing', () => {
    const far = { text: 'It waits for App extract, failing since 2026-11-30 01:00 UTC' };
    expect(causeWith({ extract: failing('01:00') })).to.deep.include(far);
    const near = { ticket: 'ticket:reload:default:02:00' };
    expect(causeWith({ extract: failing('01:00'), transform: failing('02:00') })).to.deep.include(near);
  });

  it('is no app for whose success nothing waits', () => {
    const others = { log: failing('01:00'), old: failing('01:00'), repair: failing('01:00') };
    expect(causeWith({ ...others, transform: success('05:00') }).text).to.match(/^No success of it is known/);
  });

  it('is an app before it that is late, too', () =>
    expect(causeWith({ extract: { late: LATE }, transform: success('05:00') })).to.deep.equal({
      text: 'It waits for App extract, which is late, too',
    }));

  it('is an app right before it that has not succeeded since the last deadline', () => {
    expect(causeWith({ transform: success('00:00') }).text).to.equal(
      'It waits for App transform, which last succeeded at 2026-11-30 00:00 UTC',
    );
    expect(causeWith({}).text).to.equal('It waits for App transform, of which no success is known');
  });

  it('is not known otherwise: when it succeeded last may help', () =>
    expect(causeWith({ transform: success('00:01'), report: success('00:00') })).to.deep.equal({
      ...{ text: 'It last succeeded at 2026-11-30 00:00 UTC', isUnknown: true },
    }));
});
