import { expect } from 'chai';
import { answerOf } from '../../../actions/invoker/answer.ts';
import type { Placement as PlacementOf } from '../../../actions/invoker/fan-out.ts';
import type { Target } from '../../../actions/invoker/targets.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { orderTo, planOf, targetTo } from './support/plan.ts';

type Placement = PlacementOf<Target>;

const headers = { 'content-type': 'application/json' };
const started: Placement = { kind: 'started', target: targetTo('a'), activationId: 'act1' };
const carried: Placement = { kind: 'carried', target: targetTo('b') };
const failed: Placement = { kind: 'failed', target: targetTo('c'), code: 'OPENWHISK_REFUSED', message: 'Not so.' };

describe('the webhook’s answer', () => {
  it('is 200 where there is nothing to start, with the reasons', () => {
    const skips: Plan['skips'] = [{ ...orderTo('z'), reason: 'no-link', reloadId: 'r1' } as never];
    const ignored: Plan['ignored'] = [{ reason: 'other-event', type: 't' }];
    expect(answerOf({ ...planOf(0), skips, ignored }, [], 0)).to.deep.equal({
      statusCode: 200,
      headers,
      body: { accepted: 0, orders: [], skips, ignored },
    });
  });

  it('is 202 with each target’s outcome where something was started or carried', () => {
    expect(answerOf(planOf(3), [started, carried, failed], 0)).to.deep.equal({
      statusCode: 202,
      headers,
      body: {
        accepted: 2,
        orders: [
          { order: 'order:default:a:s:r0', app: 'a', activationId: 'act1' },
          { order: 'order:default:b:s:r0', app: 'b', carried: true },
          { order: 'order:default:c:s:r0', app: 'c', error: { code: 'OPENWHISK_REFUSED', message: 'Not so.' } },
        ],
        skips: [],
        ignored: [],
      },
    });
    expect(answerOf(planOf(1), [carried], 0)).to.include({ statusCode: 202 });
  });

  it('is 502 where nothing could be, and still tells each target', () => {
    expect(answerOf(planOf(1), [failed], 0)).to.deep.equal({
      error: {
        statusCode: 502,
        headers,
        body: {
          error: {
            code: 'NOTHING_STARTED',
            message: 'None of the reloads could be started: see orders.',
            traceId: 't1',
          },
          accepted: 0,
          orders: [
            { order: 'order:default:c:s:r0', app: 'c', error: { code: 'OPENWHISK_REFUSED', message: 'Not so.' } },
          ],
          skips: [],
          ignored: [],
        },
      },
    });
  });

  it('tells how much it leaves out where it would outgrow OpenWhisk’s result of 1,048,576 bytes', () => {
    const text = 'No room. '.repeat(50);
    const placements = Array.from({ length: 4_000 }, () => ({ ...failed, message: text }));
    const answer = answerOf(planOf(1), placements, 0) as { error: { body: { orders: unknown[]; leftOut: object } } };
    expect(Buffer.byteLength(JSON.stringify(answer))).to.be.within(500_000, 1_048_576);
    const { orders, leftOut } = answer.error.body;
    expect(leftOut).to.deep.equal({ orders: 4_000 - orders.length, skips: 0, ignored: 0 });
  });
});
