import { expect } from 'chai';
import type { ApiInTest } from './api-in-test.ts';

/** A fact of docs/stack-exchange.md, and the test of it. */
export interface ApiFact {
  readonly id: string;
  readonly title: string;
  /** Whether the real API can be asked, with reading calls alone. */
  readonly onReal: boolean;
  test(api: ApiInTest): Promise<void>;
}

const TAG = 'qlik-sense';
const OTHER = 'qlikview';
const SECOND = 1_700_000_000;

const fact = (id: string, title: string, test: ApiFact['test']): ApiFact => ({ id, title, onReal: true, test });
const simFact = (id: string, title: string, test: ApiFact['test']): ApiFact => ({ id, title, onReal: false, test });

const search = (query: Readonly<Record<string, string | number>>) => ({
  path: '/search',
  query: { site: 'stackoverflow', tagged: TAG, ...query },
});

/** Three questions: one with both tags, one with each. */
async function three(api: ApiInTest): Promise<void> {
  await api.put({ question_id: 1, tags: [TAG], last_activity_date: SECOND });
  await api.put({ question_id: 2, tags: [OTHER], last_activity_date: SECOND + 1 });
  await api.put({ question_id: 3, tags: [TAG, OTHER], last_activity_date: SECOND + 2 });
}

const idsOf = (items: readonly { readonly question_id: number }[] = []): readonly number[] =>
  items.map(({ question_id }) => question_id);

export const API_FACTS: readonly ApiFact[] = [
  fact('se-wrapper-01', 'an answer has items, has_more, quota_max and quota_remaining', async (api) => {
    const { status, body } = await api.get(search({}));
    expect(status).to.equal(200);
    expect(body.items).to.be.an('array');
    expect(body.has_more).to.be.a('boolean');
    expect(body.quota_max).to.be.at.least(300);
    expect(body.quota_remaining).to.be.at.least(0);
  }),
  fact('se-list-01', '/questions lists questions with all of the tags', async (api) => {
    await three(api);
    const { body } = await api.get({ path: '/questions', query: { site: 'stackoverflow', tagged: `${TAG};${OTHER}` } });
    for (const { tags } of body.items ?? []) expect(tags).to.include.members([TAG, OTHER]);
    expect(body.items).to.have.length.above(0);
    if (!api.isReal) expect(idsOf(body.items)).to.deep.equal([3]);
  }),
  fact('se-list-02', '/search lists questions with any of the tags, and asks for one', async (api) => {
    await three(api);
    const { body } = await api.get(search({ tagged: `${TAG};${OTHER}`, pagesize: 100 }));
    expect(body.items?.some(({ tags }) => !tags.includes(TAG))).to.equal(true);
    expect(body.items?.every(({ tags }) => tags.includes(TAG) || tags.includes(OTHER))).to.equal(true);
    if (!api.isReal) expect(idsOf(body.items)).to.deep.equal([3, 2, 1]);
    const without = await api.get({ path: '/search', query: { site: 'stackoverflow' } });
    expect(without).to.deep.include({ status: 400 });
    expect(without.body.error_name).to.equal('bad_parameter');
  }),
  fact('se-list-03', 'min and max bound the field of sort, inclusively', async (api) => {
    await three(api);
    const all = await api.get(search({ sort: 'activity', order: 'asc', pagesize: 3, tagged: `${TAG};${OTHER}` }));
    const dates = (all.body.items ?? []).map(({ last_activity_date }) => last_activity_date);
    expect(dates).to.deep.equal([...dates].sort((a, b) => a - b));
    const [min = 0, , max = 0] = dates;
    const bounded = await api.get(search({ sort: 'activity', order: 'asc', min: max, max, tagged: `${TAG};${OTHER}` }));
    expect(bounded.body.items?.map(({ last_activity_date }) => last_activity_date)).to.include(max);
    expect(bounded.body.items?.every(({ last_activity_date }) => last_activity_date === max)).to.equal(true);
    expect(min).to.be.below(max);
  }),
  fact('se-list-04', 'the latest comes first unless order is asc', async (api) => {
    await three(api);
    const { body } = await api.get(search({ sort: 'creation', pagesize: 5 }));
    const dates = (body.items ?? []).map(({ creation_date }) => creation_date);
    expect(dates).to.deep.equal([...dates].sort((a, b) => b - a));
    expect((await api.get(search({ order: 'up' }))).body.error_name).to.equal('bad_parameter');
  }),
  fact('se-list-05', 'a tag that no question has gives an empty list', async (api) => {
    const { status, body } = await api.get(search({ tagged: 'no-question-has-this-tag-of-cascade' }));
    expect({ status, items: body.items, more: body.has_more }).to.deep.equal({ status: 200, items: [], more: false });
  }),
  fact('se-page-01', 'a page has 30 items by default, and at most 100', async (api) => {
    for (let id = 1; id <= 31; id += 1) await api.put({ question_id: id });
    expect((await api.get(search({}))).body.items).to.have.length(30);
    const tooMany = await api.get(search({ pagesize: 101 }));
    expect([tooMany.status, tooMany.body.error_id]).to.deep.equal([400, 400]);
    expect((await api.get(search({ page: 0 }))).body.error_name).to.equal('bad_parameter');
  }),
  fact('se-page-02', 'has_more says whether a later page has more', async (api) => {
    await three(api);
    const first = await api.get(search({ pagesize: 1, page: 1 }));
    const second = await api.get(search({ pagesize: 1, page: 2 }));
    expect(first.body.has_more).to.equal(true);
    expect(idsOf(first.body.items)).to.not.deep.equal(idsOf(second.body.items));
    if (!api.isReal) expect(second.body.has_more).to.equal(false);
  }),
  fact('se-question-01', 'a question has the fields that Cascade reads', async (api) => {
    await api.put({ question_id: 7 });
    const [question] = (await api.get(search({ pagesize: 1 }))).body.items ?? [];
    expect(question).to.include.all.keys(
      ...['question_id', 'title', 'link', 'tags', 'score', 'answer_count', 'is_answered'],
      ...['creation_date', 'last_activity_date', 'owner'],
    );
  }),
  simFact('se-question-02', 'a deleted question is in no list', async (api) => {
    await three(api);
    await api.remove(1);
    expect(idsOf((await api.get(search({}))).body.items)).to.deep.equal([3]);
    const asked = await api.get({ path: '/questions/1', query: { site: 'stackoverflow' } });
    expect(asked.body.items).to.deep.equal([]);
  }),
  fact('se-question-03', 'questions are read by their ids', async (api) => {
    await api.put({ question_id: 11_227_809 });
    await api.put({ question_id: 4 });
    const { body } = await api.get({ path: '/questions/11227809;4', query: { site: 'stackoverflow' } });
    expect(idsOf(body.items)).to.include(11_227_809);
  }),
  fact('se-date-01', 'dates are whole seconds since 1970', async (api) => {
    await three(api);
    const [question] = (await api.get(search({ pagesize: 1 }))).body.items ?? [];
    for (const date of [question?.creation_date, question?.last_activity_date]) {
      expect(Number.isInteger(date)).to.equal(true);
      expect(date).to.be.within(1_200_000_000, 4_000_000_000);
    }
  }),
  simFact('se-text-01', 'a title comes with encoded entities and plain emoji', async (api) => {
    await api.put({ question_id: 5, title: 'Why is &quot;Sum&quot; 0 &amp; not null? 🎉' });
    const [question] = (await api.get(search({}))).body.items ?? [];
    expect(question?.title).to.equal('Why is &quot;Sum&quot; 0 &amp; not null? 🎉');
  }),
  fact('se-site-01', 'a call names its site', async (api) => {
    for (const query of [{ tagged: TAG }, { tagged: TAG, site: 'no-such-site-of-cascade' }]) {
      const { status, body } = await api.get({ path: '/search', query });
      expect([status, body.error_name]).to.deep.equal([400, 'bad_parameter']);
    }
  }),
  fact('se-gzip-01', 'an answer is compressed, also if nobody asked for it', async (api) => {
    expect(await api.encodingWithoutAsking(search({ pagesize: 1 }))).to.match(/^(gzip|deflate)$/);
  }),
  fact('se-error-01', 'an error has status 400, and its id, name and message', async (api) => {
    const { status, body } = await api.get({ path: '/no-such-method-of-cascade', query: { site: 'stackoverflow' } });
    expect([status, body.error_id, body.error_name]).to.deep.equal([400, 404, 'no_method']);
    expect(body.error_message).to.be.a('string');
  }),
  fact('se-error-02', 'errors can be simulated', async (api) => {
    const { status, body } = await api.get({ path: '/errors/502', query: {} });
    expect([status, body.error_id, body.error_name]).to.deep.equal([400, 502, 'throttle_violation']);
  }),
  simFact('se-quota-01', 'the quota is 300, with a key 10,000, and each answer counts it down', async (api) => {
    const without = await api.get(search({}));
    expect([without.body.quota_max, without.body.quota_remaining]).to.deep.equal([300, 299]);
    const withKey = await api.get(search({ key: 'k' }));
    expect([withKey.body.quota_max, withKey.body.quota_remaining]).to.deep.equal([10_000, 9_999]);
  }),
  simFact('se-quota-02', 'a day of the quota lasts 24 hours from its first request', async (api) => {
    await api.plan({ quota: 1 });
    expect((await api.get(search({}))).status).to.equal(200);
    api.pass(86_399_000);
    expect((await api.get(search({}))).body.error_id).to.equal(502);
    api.pass(1_000);
    expect((await api.get(search({}))).status).to.equal(200);
  }),
  simFact('se-throttle-01', 'a spent quota is a throttle violation that says when it ends', async (api) => {
    await api.plan({ quota: 1 });
    await api.get(search({}));
    api.pass(60_000);
    expect((await api.get(search({}))).body).to.deep.equal({
      error_id: 502,
      error_message: 'too many requests from this IP, more requests available in 86340 seconds',
      error_name: 'throttle_violation',
    });
  }),
  simFact('se-throttle-02', 'a method that was told to back off must not be called before', async (api) => {
    await api.plan({ backoff: 90 });
    expect((await api.get(search({}))).body.backoff).to.equal(90);
    api.pass(89_000);
    const early = await api.get(search({}));
    expect([early.status, early.body.error_message]).to.deep.equal([400, 'Violation of backoff parameter']);
    api.pass(1_000);
    expect((await api.get(search({}))).body).to.not.have.property('backoff');
  }),
  simFact('se-throttle-03', 'more than 30 requests in a second are dropped', async (api) => {
    for (let number = 0; number < 30; number += 1) expect((await api.get(search({}))).status).to.equal(200);
    expect((await api.get(search({}))).status).to.equal(0);
    api.pass(1_000);
    expect((await api.get(search({}))).status).to.equal(200);
  }),
];
