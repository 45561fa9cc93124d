import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('activations', () => {
  const host = useHost();

  it('keeps the lines of a crash', async () => {
    await host.action('dies', 'function main() { console.log("last words"); process.exit(1) }');
    const { logs } = await host.record((await host.invoke('dies')).json.activationId);
    expect(logs.join()).to.contain('last words');
  });

  it('cuts logs above the limit of the action', async () => {
    const code = 'function main() { for (let i = 0; i < 3000; i++) console.log("x".repeat(1000)) }';
    await host.action('chatty', code, {}, { limits: { logs: 1 } });
    const { logs } = await host.record((await host.invoke('chatty')).json.activationId);
    expect(logs.length).to.be.within(900, 1100);
    expect(logs.at(-1)).to.equal(
      'Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes.',
    );
  });

  it('counts, skips, and takes a span of time', async () => {
    await host.action('timed', 'function main() {}');
    const records = [];
    for (let i = 0; i < 3; i++) records.push(await host.record((await host.invoke('timed')).json.activationId));
    const [first, , third] = records;
    expect((await host.rest('GET', 'activations?name=t/timed&count=true')).json).to.deep.equal({ activations: 3 });
    expect(await host.list('activations?name=t/timed&skip=2')).to.have.lengthOf(1);
    const ids = async (query: string) =>
      (await host.list(`activations?name=t/timed&${query}`)).map((entry) => entry.activationId);
    expect(await ids(`since=${third?.start}`)).to.include(third?.activationId);
    expect(await ids(`upto=${first?.start}`)).to.include(first?.activationId);
    expect(await ids(`since=${(third?.start ?? 0) + 1}`)).to.deep.equal([]);
  });

  it('has the result and the logs alone', async () => {
    await host.action('alone', 'function main(p) { console.log("line"); return p }');
    const { activationId } = (await host.invoke('alone', { x: 1 })).json;
    await host.record(activationId);
    const result = await host.rest('GET', `activations/${activationId}/result`);
    expect(result.json).to.deep.equal({ result: { x: 1 }, size: 7, status: 'success', success: true });
    const logs = await host.rest('GET', `activations/${activationId}/logs`);
    expect(logs.json).to.have.all.keys('logs');
    expect(logs.json.logs[0]).to.contain('line');
  });

  it('says so when an id cannot be one', async () => {
    const { status, json } = await host.rest('GET', 'activations/abc');
    expect([status, json.error]).to.deep.equal([400, 'Activation id length is 3 but must be 32.']);
    expect((await host.rest('GET', `activations/${'0'.repeat(32)}`)).status).to.equal(404);
    expect((await host.rest('DELETE', `activations/${'0'.repeat(32)}`)).status).to.equal(404);
  });
});
