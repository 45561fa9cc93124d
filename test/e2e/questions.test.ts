import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartProcess, startProcess } from '../support/start-process.ts';

interface QuestionsReady {
  readonly openwhisk: { readonly apihost: string; readonly auth: string };
  readonly store: { readonly url: string; readonly user: string; readonly password: string };
  readonly slack: { readonly url: string };
  readonly stackExchange: { readonly url: string; readonly control: string };
}

const ID = 'ticket:question:stackoverflow:900';

describe('npm start with questions', function () {
  this.timeout(300_000);
  let process: StartProcess;
  let directory = '';
  let ready: QuestionsReady;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-questions-'));
    const ports = ['--host-port', '0', '--tenant-port', '0', '--store-port', '0'];
    process = startProcess(['--questions', '--json', '--no-demo', '--data', directory, ...ports]);
    ready = (await process.event(({ event }) => event === 'ready')) as unknown as QuestionsReady;
  });
  after(async () => {
    process.child.kill('SIGINT');
    await process.exit;
    await rm(directory, { recursive: true, force: true });
  });

  const ask = (question: object) =>
    fetch(`${ready.stackExchange.control}/questions`, { method: 'POST', body: JSON.stringify(question) });
  const ticket = async (): Promise<Readonly<Record<string, unknown>>> => {
    const { url, user, password } = ready.store;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (await fetch(`${url}/cascade/${ID}`, { headers: { authorization } })).json() as never;
  };
  const announced = (id: string) => process.event((line) => line.event === 'notice' && line['ticket'] === id);

  it('stores and announces a question, and changes it without another message', async () => {
    // Asked before the first run of the collector, or a minute later.
    await ask({
      ...{
        question_id: 900,
        title: 'Why is &quot;Sum&quot; 0? 🎉',
        tags: ['qlikview'],
        link: 'https://stackoverflow.com/q/900',
      },
      ...{ owner: { display_name: 'Zo&#235;', reputation: 7 }, answer_count: 0, score: 3 },
    });
    expect(await announced(ID)).to.include({ kind: 'question', channel: 'default' });
    expect(await ticket()).to.deep.include({
      ...{ title: 'Why is "Sum" 0? 🎉', author: 'Zoë', reputation: 7, tags: ['qlikview'], answers: 0, score: 3 },
      ...{ link: 'https://stackoverflow.com/q/900', notices: [] },
    });
    await ask({ question_id: 900, answer_count: 2, is_answered: true, accepted_answer_id: 1 });
    await ask({ question_id: 901, tags: ['qlik-sense'], title: 'The next one' });
    await announced('ticket:question:stackoverflow:901');
    expect(await ticket()).to.deep.include({ answers: 2, isAccepted: true, notices: [] });
    const { data } = (await (await fetch(`${new URL(ready.slack.url).origin}/_sim/messages`)).json()) as {
      readonly data: readonly { readonly body: { readonly text: string } }[];
    };
    const texts = data.map(({ body }) => body.text);
    expect(texts.filter((text) => text.includes('🎉'))).to.deep.equal([
      ':speech_balloon: Why is "Sum" 0? 🎉 was asked',
    ]);
  });

  it('runs the pipeline as it is deployed: by an alarm every ten minutes, with Cascade’s own notifier', async () => {
    const get = async (path: string) => {
      const authorization = `Basic ${Buffer.from(ready.openwhisk.auth).toString('base64')}`;
      const answer = await fetch(`${ready.openwhisk.apihost}/api/v1/namespaces/_/${path}`, {
        headers: { authorization },
      });
      return (await answer.json()) as never;
    };
    expect(await get('rules/questions-socron')).to.deep.include({ status: 'active' });
    const { exec } = (await get('actions/questions/qhandler')) as { readonly exec: object };
    expect(exec).to.deep.include({ components: ['/guest/questions/storer', '/guest/cascade/notifier'] });
  });
});
