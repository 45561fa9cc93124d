import { expect } from 'chai';
import { fact, harmlessFact, NOBODY } from '../support/fact.ts';
import { expectRefusal } from '../support/qlik-in-test.ts';

export const reloadsGet = [
  harmlessFact('q-reloads-get-01', 'one reload is the record that the list has', async (qlik) => {
    if (!qlik.isReal) await qlik.reload(await qlik.app('a', { outcomes: ['failed'] }));
    const { data } = (await qlik.get('/api/v1/reloads?limit=1&sort=creationTime')).body;
    expect(data).to.have.length(1);
    const one = await qlik.get(`/api/v1/reloads/${data[0].id}`);
    expect(one.status).to.equal(200);
    expect(one.body).to.deep.equal(data[0]);
  }),
  harmlessFact('q-reloads-get-02', 'an unknown id is 404', async (qlik) => {
    expectRefusal(await qlik.get(`/api/v1/reloads/${NOBODY}`), 404);
  }),
  fact('q-reloads-get-03', 'has startTime once it runs and endTime once it ended, in this order', async (qlik) => {
    const { body } = await qlik.post(await qlik.app('a', { durationMs: 5000 }));
    expect(await qlik.record(body.id)).not.to.have.any.keys('startTime', 'endTime');
    await qlik.advance(1000);
    expect(await qlik.record(body.id)).to.have.property('startTime');
    expect(await qlik.record(body.id)).not.to.have.property('endTime');
    await qlik.advance(5000);
    const { creationTime, startTime, endTime } = await qlik.record(body.id);
    expect(startTime >= creationTime && endTime >= startTime, 'order').to.equal(true);
  }),
  fact('q-reloads-get-04', 'a load in the editor has no record', async (qlik) => {
    await qlik.app('a');
    const { reloadId } = await qlik.control('POST', '/apps/a/editor-load');
    await qlik.advance(0);
    expect((await qlik.get(`/api/v1/reloads/${reloadId}`)).status).to.equal(404);
  }),
];

const cancel = (id: string) => `/api/v1/reloads/${id}/actions/cancel`;

export const canceling = [
  fact('q-cancel-01', 'one that waits is canceled, with 204 and no body, or 202', async (qlik) => {
    const { body } = await qlik.post(await qlik.app('a', { durationMs: 5000 }));
    const answer = await qlik.call('POST', cancel(body.id));
    expect(answer.status).to.be.oneOf([202, 204]);
    if (answer.status === 204) expect(answer.body).to.equal('');
    await qlik.advance(0);
    expect((await qlik.record(body.id)).status).to.equal('CANCELED');
  }),
  fact('q-cancel-02', 'one that runs answers 202 CANCELING, and is CANCELED later', async (qlik) => {
    const id = await qlik.reload(await qlik.app('a', { durationMs: 60_000 }));
    const { status, body } = await qlik.call('POST', cancel(id));
    expect([status, body]).to.deep.equal([202, { status: 'CANCELING' }]);
    await qlik.advance(60_000);
    expect((await qlik.record(id)).status).to.equal('CANCELED');
  }),
  fact('q-cancel-03', 'one that has ended is 409, and does not change', async (qlik) => {
    const id = await qlik.reload(await qlik.app('a'));
    const before = await qlik.record(id);
    expectRefusal(await qlik.call('POST', cancel(id)), 409);
    await qlik.advance(1000);
    expect(await qlik.record(id)).to.deep.equal(before);
  }),
  fact('q-cancel-04', 'an unknown id is 404; without the right to it, 403', async (qlik) => {
    expectRefusal(await qlik.call('POST', cancel(NOBODY)), 404);
    const id = await qlik.reload(await qlik.app('a', { durationMs: 60_000, spaceId: 's' }));
    const { id: userId, apiKey: key } = await qlik.user('Ann');
    await qlik.control('POST', '/spaces', { id: 's', members: [{ userId, roles: ['consumer'] }] });
    expectRefusal(await qlik.call('POST', cancel(id), undefined, { key }), 403);
  }),
];
