import { expect } from 'chai';
import { startSlack } from '../../../local/start/start-slack.ts';
import type { CompiledChains } from '../../../src/core/link.ts';

const ADDRESS = 'https://hooks.slack.example/services/secret';

/** Chains of one app, whose failures go to these channels. */
const chainsWith = (channels: readonly string[]): CompiledChains =>
  ({ links: {}, apps: { 'default/a': { routes: { failed: channels } } } }) as unknown as CompiledChains;

const started = (channels: readonly string[]) =>
  startSlack(
    chainsWith(channels),
    ADDRESS,
    () => {},
    () => {},
  );

describe('the channels of npm start', () => {
  it('all lead to the address of --slack', async () => {
    const { ready, settings } = await started(['ops', 'finance']);
    expect(JSON.parse(settings.NOTIFY_CHANNELS)).to.deep.equal([
      { name: 'default', slack: ADDRESS },
      { name: 'ops', slack: ADDRESS },
      { name: 'finance', slack: ADDRESS },
    ]);
    expect(ready).to.deep.equal({ url: 'https://hooks.slack.example', messages: undefined, leftOut: [] });
  });

  it('are 20 at most, and those that are left out are named', async () => {
    const { ready, settings } = await started(Array.from({ length: 21 }, (_, index) => `team-${index + 1}`));
    const channels: readonly { name: string }[] = JSON.parse(settings.NOTIFY_CHANNELS);
    expect(channels).to.have.length(20);
    expect(channels.at(-1)?.name).to.equal('team-19');
    expect(ready.leftOut).to.deep.equal(['team-20', 'team-21']);
  });

  it('lead to a stand-in without --slack, and each message there is passed on', async () => {
    const ends: (() => Promise<unknown>)[] = [];
    const bodies: unknown[] = [];
    const { ready } = await startSlack(
      chainsWith([]),
      undefined,
      (end) => ends.push(end),
      ({ body }) => bodies.push(body),
    );
    const posted = await fetch(ready.url, { method: 'POST', body: JSON.stringify({ text: 'a failed' }) });
    expect(await posted.text()).to.equal('ok');
    await fetch(ready.url, { method: 'POST', body: JSON.stringify({ words: 'none' }) });
    expect(bodies).to.deep.equal([{ text: 'a failed' }]);
    for (const end of ends) await end();
  });
});
