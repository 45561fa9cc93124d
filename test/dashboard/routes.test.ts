import { expect } from 'chai';
import { hrefTo, parseRoute, placeOf } from '../../dashboard/routes.ts';

describe('the routes of the page', () => {
  it('are read from the fragment', () => {
    const { view, path, query } = parseRoute('#/runs/event%3Adefault%3Ar1?show=200');
    expect({ view, path, show: query.get('show') }).to.deep.equal({
      view: 'runs',
      path: ['event:default:r1'],
      show: '200',
    });
  });

  it('are written so that they are read back, whatever an id has in it', () => {
    const id = 'order:a/b?c#d%e é';
    expect(parseRoute(hrefTo('runs', [id], { q: 'a&b' })).path).to.deep.equal([id]);
    expect(parseRoute(hrefTo('runs', [id], { q: 'a&b' })).query.get('q')).to.equal('a&b');
    expect(hrefTo('runs')).to.equal('#/runs');
  });

  it('show another place if view or path differ, but not with another filter or another app’s panel', () => {
    const placeIn = (fragment: string): string => placeOf(parseRoute(fragment));
    expect(placeIn('#/tickets?whose=mine')).to.equal(placeIn('#/tickets'));
    expect(placeIn('#/now/default%2Fa')).to.equal(placeIn('#/now'));
    expect(placeIn('#/tickets/t1')).not.to.equal(placeIn('#/tickets'));
    expect(placeIn('#/inbox')).not.to.equal(placeIn('#/tickets'));
  });

  it('lead to no view if the fragment is none of ours, also with broken encoding', () => {
    expect(parseRoute('').view).to.equal('');
    expect(parseRoute('#/%').view).to.equal('%');
  });
});
