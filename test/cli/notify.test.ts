import { expect } from 'chai';
import { runCli } from '../../cli/run-cli.ts';
import { type SlackSink, startSlackSink } from '../../sim/slack/start-slack-sink.ts';

describe('cascade notify test', () => {
  let slack: SlackSink;
  const before_ = process.env['NOTIFY_CHANNELS'];
  beforeEach(async () => {
    slack = await startSlackSink();
    process.env['NOTIFY_CHANNELS'] = JSON.stringify([{ name: 'ops', slack: slack.url }]);
  });
  afterEach(async () => {
    await slack.close();
    if (before_ === undefined) delete process.env['NOTIFY_CHANNELS'];
    else process.env['NOTIFY_CHANNELS'] = before_;
  });

  async function run(...args: string[]) {
    let [out, err] = ['', ''];
    const write = (text: string): void => {
      out += text;
    };
    const writeError = (text: string): void => {
      err += text;
    };
    const code = await runCli(['notify', ...args], { write, writeError, colored: false });
    return { code, out, err };
  }
  const messages = async () => JSON.parse(await (await fetch(`${slack.origin}/_sim/messages`)).text()).data;

  it('sends one message and says that the channel took it', async () => {
    expect(await run('test', 'ops')).to.deep.equal({
      code: 0,
      out: 'ops: it answered 200 (ok). The channel has the message.\n',
      err: '',
    });
    expect((await messages()).map(({ body }: { body: { text: string } }) => body.text)).to.deep.equal([
      ':wave: The channel ops is heard here',
    ]);
  });

  it('says what the channel answered, without its address, and ends with 1', async () => {
    const faults = [{ kind: 'status', status: 404, body: 'no_service' }];
    await fetch(`${slack.origin}/_sim/faults`, { method: 'PUT', body: JSON.stringify(faults) });
    const { code, out } = await run('test', 'ops', '--json');
    expect(code).to.equal(1);
    expect(JSON.parse(out)).to.deep.equal({
      ok: false,
      channel: 'ops',
      answer: 'wrong',
      message: 'it answered 404 (no_service)',
    });
  });

  it('names the channels that there are', async () => {
    const { code, err } = await run('test', 'nobody');
    expect(code).to.equal(2);
    expect(err)
      .to.contain('There is no channel "nobody". The channels are ops.')
      .and.contain('read from .env and the environment: a running npm start has others');
    expect(err).not.to.contain(slack.url);
  });

  it('says what is missing', async () => {
    const { code, err } = await run();
    expect(code).to.equal(2);
    expect(err)
      .to.contain('The word "test" and the channel are missing. Write: cascade notify test <channel>.')
      .and.not.contain('undefined');
    expect((await run('test')).err).to.contain(
      'The channel is missing. Write: cascade notify test <channel>. The channels are ops.',
    );
  });

  for (const args of [['ops'], ['test'], ['ops', 'test']]) {
    it(`is written in one way: not ${args.join(' ')}`, async () => {
      const { code, err } = await run(...args);
      expect(code).to.equal(2);
      expect(err).to.contain('Write: cascade notify test <channel>.');
    });
  }
});
