import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('results', () => {
  const host = useHost();

  it('takes a result although the process ends right after it', async () => {
    await host.action('leaves', 'function main() { setTimeout(() => process.exit(1), 20); return { done: true } }');
    for (const call of ['first', 'second']) {
      expect((await host.invoke('leaves')).json.response.result, call).to.deep.equal({ done: true });
      await host.action(
        'leaves',
        'function main() { setTimeout(() => { throw new Error() }, 20); return { done: true } }',
      );
    }
  });

  it('harms nobody else: after a crash the next call runs in a container of its own', async () => {
    await host.action('crash', 'function main({ die }) { if (die) process.exit(1); return { alive: true } }');
    expect((await host.invoke('crash', { die: true })).status).to.equal(502);
    expect((await host.invoke('crash')).json.response.result).to.deep.equal({ alive: true });
  });
});
