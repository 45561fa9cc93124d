import { expect } from 'chai';
import { type BuiltActions, buildForTest } from '../support/built-actions.ts';
import { captureLog } from '../support/capture-log.ts';

describe('what needs a ledger, deployed without COUCHDB_URL,', () => {
  let actions: BuiltActions;
  before(async () => {
    actions = await buildForTest({ links: {}, apps: {} });
  });
  after(() => actions.remove());

  const failureOf = async (action: 'collector' | 'notifier' | 'storer', params: object): Promise<object> => {
    const settings = { QLIK_TENANT_URL: 'https://acme.eu.qlikcloud.com', QLIK_API_KEY: 'made-up', COUCHDB_URL: '' };
    const main = actions.load(action);
    const { result } = await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main({ ...settings, ...params }));
    return (result as { error: object }).error;
  };

  it('says so: the sweep', async () => {
    const error = await failureOf('collector', {});
    expect(error).to.include({ code: 'SETTINGS_INVALID' });
    expect(error).to.have.property('message').that.contains('COUCHDB_URL is missing');
  });

  it('says so: the record', async () => {
    const error = await failureOf('storer', { record: { traceId: 't1', events: [] } });
    expect(error).to.include({ code: 'SETTINGS_INVALID' });
    expect(error).to.have.property('message').that.contains('COUCHDB_URL is missing');
  });

  it('says so: the notifier', async () => {
    const error = await failureOf('notifier', { notify: { traceId: 't1', documents: ['app:default:a'] } });
    expect(error).to.include({ code: 'SETTINGS_INVALID' });
    expect(error).to.have.property('message').that.contains('COUCHDB_URL is missing');
  });

  it('says nothing if there is nobody to notify: the notifier', async () => {
    const main = actions.load('notifier');
    const params = { COUCHDB_URL: '', notify: { traceId: 't1', documents: [] } };
    const { result } = await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main(params));
    expect(result).to.deep.equal({ messages: 0, notices: 0 });
  });
});
