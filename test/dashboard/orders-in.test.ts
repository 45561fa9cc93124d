import { expect } from 'chai';
import { ordersIn } from '../../dashboard/model/orders-in.ts';

const named = (id: string, appId: string, isAlone = false) => ({ id, app: { tenant: 'default', appId }, isAlone });

describe('the orders that a sentence names', () => {
  it('are found within it and behind it, with their apps', () => {
    const [one, two] = ['order:default:a-1:s:r1', 'order:default:b2:j0123456789abcdef:acme.r2'];
    expect(ordersIn(`was merged into ${one}`)).to.deep.equal(['was merged into ', named(one, 'a-1')]);
    expect(ordersIn(`It waits: Qlik is busy. ${two}`)).to.deep.equal([
      'It waits: Qlik is busy. ',
      named(two, 'b2', true),
    ]);
    expect(ordersIn(`called for ${one}, and ${two}.`)).to.deep.equal([
      ...['called for ', named(one, 'a-1'), ', and ', named(two, 'b2'), '.'],
    ]);
  });

  it('are not made of other texts', () => {
    for (const text of ['in order: a', 'order:default', 'cascade replay event:default:r1']) {
      expect(ordersIn(text)).to.deep.equal([text]);
    }
  });
});
