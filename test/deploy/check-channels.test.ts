import { expect } from 'chai';
import type { CompiledChains } from '../../src/core/link.ts';
import { checkChannels } from '../../src/deploy/check-channels.ts';

const chains = {
  links: {},
  apps: {
    'default/a': { routes: { failed: ['ops', 'bot'], late: ['ops'] } },
    'default/b': { routes: { failed: ['default'] } },
    'default/c': {},
  },
} as unknown as CompiledChains;

const of = (...names: string[]) => ({
  NOTIFY_CHANNELS: JSON.stringify(names.map((name) => ({ name, slack: `https://s.example/${name}` }))),
});

describe('channels that the chains name', () => {
  it('are named if the settings lack them', () => {
    expect(checkChannels(of('default'), chains)).to.deep.equal([
      'The chains send notices to a channel "bot", which NOTIFY_CHANNELS does not have: nobody would get them.',
      'The chains send notices to a channel "ops", which NOTIFY_CHANNELS does not have: nobody would get them.',
    ]);
    expect(checkChannels({}, chains)).to.have.lengthOf(3);
  });

  it('are fine if they are set, or nobody names one', () => {
    expect(checkChannels(of('default', 'ops', 'bot', 'more'), chains)).to.deep.equal([]);
    expect(checkChannels({}, { links: {}, apps: {} })).to.deep.equal([]);
  });

  it('are also default, if channels are set: without `notify`, and of Cascade itself, all goes there', () => {
    const expected =
      'NOTIFY_CHANNELS has no channel "default". It gets notices of apps (default/b, default/c), and the alerts about Cascade itself: nobody would get them.';
    expect(checkChannels(of('ops', 'bot'), chains)).to.deep.equal([expected]);
    const { 'default/a': routed } = chains.apps;
    expect(checkChannels(of('ops', 'bot'), { links: {}, apps: { 'default/a': routed } } as never)).to.deep.equal([
      'NOTIFY_CHANNELS has no channel "default". It gets the alerts about Cascade itself: nobody would get them.',
    ]);
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`default/${name}`, {}]));
    expect(checkChannels(of('ops'), { links: {}, apps: many } as never)[0]).to.include(
      '(default/a, default/b, default/c and 2 more)',
    );
    expect(
      checkChannels({ SLACK_WEBHOOK_URL: 'https://s.example/x' }, { links: {}, apps: many } as never),
    ).to.deep.equal([]);
  });

  it('are no second problem of settings that cannot be read', () =>
    expect(checkChannels({ NOTIFY_CHANNELS: '[' }, chains)).to.deep.equal([]));
});
