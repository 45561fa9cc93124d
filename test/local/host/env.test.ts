import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('env', () => {
  process.env['SECRET_OF_THE_PARENT'] = 'must not be seen by actions';
  const host = useHost();

  it("has nothing of the host's own environment but PATH, and a host name of its own", async () => {
    await host.action('clean', 'function main() { return { ...process.env } }');
    const { result } = (await host.invoke('clean')).json.response;
    expect(Object.keys(result).filter((name) => !name.startsWith('__OW_'))).to.have.members(['HOSTNAME', 'PATH']);
    expect(result['HOSTNAME']).to.match(/^cascade-host-\w+-\d+$/);
  });
});
