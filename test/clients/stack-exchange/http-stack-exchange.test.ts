import { expect } from 'chai';
import { type StackExchange, startStackExchange } from '../../../sim/stack-exchange/start-stack-exchange.ts';
import { httpStackExchange } from '../../../src/clients/stack-exchange/http-stack-exchange.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { json, startScriptedServer } from '../support/scripted-server.ts';

const AT = 1_795_316_220;
const PATIENT = 10_000 as DurationMs;
const ALL = { since: 0 as EpochMs, page: 1 };

describe('the client of Stack Exchange', () => {
  let sim: StackExchange;
  beforeEach(async () => {
    sim = await startStackExchange({ now: () => AT * 1_000 });
  });
  afterEach(() => sim.close());

  const control = (method: string, path: string, body: object) =>
    fetch(`${sim.control}${path}`, { method, body: JSON.stringify(body) });
  const put = (question: object) => control('POST', '/questions', question);
  const plan = (faults: object) => control('PUT', '/faults', faults);
  const client = (tags = 'qlik-sense;qlikview', more: { readonly key?: string } = {}) =>
    httpStackExchange({ url: sim.url, site: 'stackoverflow', tags, ...more });

  it('reads a question with plain texts, and its times in milliseconds', async () => {
    await put({
      ...{ question_id: 7, title: 'Why is &quot;Sum&quot; 0 &#39;here&#39; &amp;amp;? 🎉', tags: ['qlikview'] },
      ...{ owner: { display_name: 'Zo&#235;', reputation: 101 }, link: 'https://stackoverflow.com/questions/7/why' },
      ...{ answer_count: 2, is_answered: true, accepted_answer_id: 9, score: -1 },
      ...{ creation_date: AT - 60, last_activity_date: AT - 30 },
    });
    expect(await client().list(ALL, PATIENT)).to.deep.equal({
      kind: 'listed',
      questions: [
        {
          ...{ site: 'stackoverflow', questionId: 7, title: 'Why is "Sum" 0 \'here\' &amp;? 🎉', author: 'Zoë' },
          ...{ reputation: 101, link: 'https://stackoverflow.com/questions/7/why', tags: ['qlikview'], answers: 2 },
          ...{ isAnswered: true, isAccepted: true, score: -1 },
          ...{ createdAt: (AT - 60) * 1_000, activeAt: (AT - 30) * 1_000 },
        },
      ],
      hasMore: false,
      quotaLeft: 299,
    });
  });

  it('takes no link that could run code, and no half of a question', async () => {
    await put({ question_id: 1, link: 'javascript:alert(1)', owner: {}, title: null });
    await put({ question_id: 2, creation_date: 'yesterday' });
    await put({ question_id: 0 });
    await put({ question_id: 3, last_activity_date: 8_640_000_000_001 });
    const answer = await client().list(ALL, PATIENT);
    if (answer.kind !== 'listed') throw new Error(answer.message);
    expect(answer.questions.map(({ questionId, link, title }) => [questionId, link, title])).to.deep.equal([
      [1, '', ''],
    ]);
    expect(answer.questions[0]).to.not.have.any.keys('author', 'reputation');
  });

  it('lists what was active since, the longest inactive first, and says if there is more', async () => {
    for (let id = 1; id <= 101; id += 1) await put({ question_id: id, last_activity_date: AT - id });
    const first = await client().list(ALL, PATIENT);
    if (first.kind !== 'listed') throw new Error(first.message);
    expect([first.questions[0]?.questionId, first.questions.length, first.hasMore]).to.deep.equal([101, 100, true]);
    const second = await client().list({ since: ((AT - 2) * 1_000 + 999) as EpochMs, page: 1 }, PATIENT);
    if (second.kind !== 'listed') throw new Error(second.message);
    expect([second.questions.map(({ questionId }) => questionId), second.hasMore]).to.deep.equal([[2, 1], false]);
  });

  it('says how long the API wants a pause, with two seconds more', async () => {
    await plan({ backoff: 90 });
    expect(await client().list(ALL, PATIENT)).to.include({ kind: 'listed', pause: 92_000 });
    expect(await client().list(ALL, PATIENT)).to.deep.equal({
      ...{ kind: 'later', wait: 600_000, message: '400 throttle_violation: Violation of backoff parameter' },
    });
  });

  it('makes no pause of more than a day, whatever the API says', async () => {
    await plan({ backoff: 1_000_000 });
    expect(await client().list(ALL, PATIENT)).to.include({ kind: 'listed', pause: 86_400_000 });
  });

  it('waits as long as an error asks, in its wrapper or in Retry-After', async () => {
    const error = (error_id: number, more: object = {}) => ({ error_id, error_name: 'e', error_message: 'm', ...more });
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const said = await startScriptedServer(
      json(400, error(500, { backoff: 90 })),
      json(400, error(502, { backoff: 90 })),
      json(400, error(502, { backoff: 9, error_message: 'more requests available in 20 seconds' })),
      json(400, error(500, { backoff: 3 })),
      json(400, error(400, { backoff: 90 })),
      json(429, {}, { 'retry-after': '120' }),
      json(429, '', { 'retry-after': 'Wed, 21 Oct 2026 07:30:00 GMT', date }),
      json(429, {}, { 'retry-after': '3' }),
      json(429, {}, { 'retry-after': '999999' }),
      json(429, {}, { 'retry-after': 'soon' }),
    );
    const api = httpStackExchange({ url: said.url, site: 'stackoverflow', tags: 'qlikview' });
    const waits: unknown[] = [];
    for (let call = 0; call < 10; call += 1) {
      const answer = await api.list(ALL, PATIENT);
      waits.push(answer.kind === 'listed' ? answer : [answer.kind, answer.wait / 1_000]);
    }
    await said.close();
    expect(waits).to.deep.equal([
      ...[92, 92, 60, 60].map((wait) => ['later', wait]),
      ['refused', 92],
      ...[120, 120, 60, 86_400, 60].map((wait) => ['later', wait]),
    ]);
  });

  it('waits as long as a throttled call says', async () => {
    await plan({ quota: 1 });
    await client().list(ALL, PATIENT);
    expect(await client().list(ALL, PATIENT)).to.include({ kind: 'later', wait: 86_400_000 });
  });

  it('tries again in a minute if the API is down, cut the call, or is not there', async () => {
    await plan({ errors: [500, 503, 0] });
    for (let call = 0; call < 3; call += 1)
      expect(await client().list(ALL, PATIENT)).to.include({ kind: 'later', wait: 60_000 });
    await sim.close();
    expect(await client().list(ALL, PATIENT)).to.include({ kind: 'later', wait: 60_000 });
    sim = await startStackExchange();
  });

  it('waits no longer than it may', async () => {
    const silent = await startScriptedServer(() => {});
    const api = httpStackExchange({ url: silent.url, site: 'stackoverflow', tags: 'qlikview' });
    expect(await api.list(ALL, 50 as DurationMs)).to.include({ kind: 'later', wait: 60_000 });
    await silent.close();
  });

  it('keeps 300 letters of a title, and no link of more than 500', async () => {
    const link = `https://stackoverflow.com/q/${'7'.repeat(472)}`;
    await put({ question_id: 1, title: 'a'.repeat(400), link });
    await put({ question_id: 2, link: `${link}8` });
    const answer = await client().list(ALL, PATIENT);
    if (answer.kind !== 'listed') throw new Error(answer.message);
    const [first, second] = answer.questions;
    expect([first?.title.length, first?.link.length, second?.link]).to.deep.equal([300, 500, '']);
  });

  it('says what the API refuses, without the key', async () => {
    await plan({ errors: [400] });
    expect(await client('qlik-sense', { key: 'bad_parameter' }).list(ALL, PATIENT)).to.deep.equal({
      kind: 'refused',
      wait: 60_000,
      message: '400 ***: planned ***',
    });
  });

  it('says no part of the key either, if a long message is cut where the key stands', async () => {
    const key = 'U4DMV*8nvpm3EOpvf69Rxw((';
    const error = { error_id: 400, error_name: 'bad', error_message: `${'x'.repeat(180)} ${key}` };
    const said = await startScriptedServer(json(400, error));
    const api = httpStackExchange({ url: said.url, site: 'stackoverflow', tags: 'qlikview', key });
    const answer = await api.list(ALL, PATIENT);
    await said.close();
    expect(answer).to.deep.include({ message: `400 bad: ${'x'.repeat(180)} ***` });
  });
});
