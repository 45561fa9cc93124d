import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

const CODE = 'function main(p) { return p }';
const action = { exec: { kind: 'nodejs:20', code: CODE } };

describe('crud', () => {
  const host = useHost();
  const { rest } = host;

  it('keeps a rule inactive when it is overwritten', async () => {
    await rest('PUT', 'triggers/c18u', {});
    await rest('PUT', 'actions/t/c18u', action);
    const rule = { trigger: '/_/c18u', action: '/_/t/c18u' };
    await rest('PUT', 'rules/c18r', rule);
    const answer = await rest('POST', 'rules/c18r', { status: 'inactive' });
    expect([answer.status, answer.text]).to.deep.equal([200, 'OK']);
    expect((await rest('PUT', 'rules/c18r?overwrite=true', rule)).json.status).to.equal('inactive');
    expect((await rest('POST', 'rules/c18r', { status: 'bogus' })).status).to.equal(400);
  });

  it('refuses an action in a package that is not there', async () => {
    expect((await rest('PUT', 'actions/nope/a', action)).status).to.equal(404);
  });

  it('lists what a package holds, page by page', async () => {
    await rest('PUT', 'packages/list', {});
    for (const name of ['a', 'b', 'c']) await rest('PUT', `actions/list/${name}`, action);
    const names = async (query: string): Promise<string[]> =>
      (await host.list(`actions/list/?${query}`)).map(({ name }) => name);
    expect(await names('')).to.have.members(['a', 'b', 'c']);
    const pages = [...(await names('limit=2')), ...(await names('limit=2&skip=2'))];
    expect(pages).to.have.members(['a', 'b', 'c']);
    expect((await rest('GET', 'actions/list/?count=true')).json).to.deep.equal({ actions: 3 });
    const { json } = await rest('GET', 'packages/list');
    expect(json.actions.map(({ name }) => name)).to.have.members(['a', 'b', 'c']);
    expect(json.feeds).to.deep.equal([]);
  });
});
