import { expect } from 'chai';
import { DEFAULT_HOST_LIMITS } from '../../../local/host/start-host.ts';
import { useGate } from './support/use-gate.ts';
import { useHost } from './support/use-host.ts';

describe('limits', () => {
  // A wall clock that stands still, so that no new minute begins during the test.
  const host = useHost({ limits: DEFAULT_HOST_LIMITS }, { now: () => Date.UTC(2026, 0, 1) });
  const gate = useGate();

  it('counts the steps of a sequence as calls in flight', async () => {
    await host.action('fast', 'function main() { return {} }');
    await host.action('waits', gate.code());
    await host.sequence('slow', ['waits', 'fast']);
    const answers: Awaited<ReturnType<typeof host.rest>>[] = [];
    for (let i = 0; i < 30; i++) answers.push(await host.rest('POST', 'actions/t/slow', {}));
    expect((await host.invoke('fast')).status).to.equal(429);
    await gate.openWhile(() => Promise.all(answers.map(({ json }) => host.record(json.activationId))));
    expect((await host.invoke('fast')).status).to.equal(200);
  });
});
