import { expect } from 'chai';
import { parse } from 'yaml';
import { codeIn, rowsOf, sectionOf, textOf } from './support/documents.ts';

describe('docs/operations.md', () => {
  it('counts a webhook’s invocations as OpenWhisk does, up to its default limit', () => {
    const section = sectionOf('docs/operations.md', '## Many ends at once');
    const [, ends = '', followers = ''] = /with a ledger, (\d+) ends with (two) followers/.exec(section) ?? [];
    // For each end: the webhook, its two followers, and the record of the end. OpenWhisk's default is 60 a minute.
    expect([Number(ends) * (1 + 2 + 1), followers]).to.deep.equal([60, 'two']);
  });

  it('counts the activations of a day by the sequences in manifest.yaml and by the schedule', () => {
    const { sequences } = parse(textOf('manifest.yaml')).project.packages.cascade;
    const { triggers, rules } = parse(textOf('schedule.yaml')).project.packages.default;
    const each = (name: string): number => 1 + (sequences[name]?.actions.split(',').length ?? 0);
    const scheduled = Object.values<{ trigger: string; action: string }>(rules).map(({ trigger, action }) => ({
      action: action.replace('cascade/', ''),
      aDay: 1_440 / triggers[trigger].inputs.minutes.value,
    }));
    const times = (name: string): number => scheduled.find(({ action }) => action === name)?.aDay ?? 1_000;
    const [, ...rows] = rowsOf(sectionOf('docs/operations.md', '## How many activations a day takes'));
    const told = rows.map(([what = '', one = '', day = '']) => [
      codeIn(what)[0],
      Number(one),
      Number(day.replace(',', '')),
    ]);
    const names = ['webhook', 'record', 'reload', ...scheduled.map(({ action }) => action)];
    const counted = names.map((name) => [name, each(name), each(name) * times(name)] as const);
    const sum = counted.reduce((all, [, , day]) => all + day, 0);
    expect(told).to.deep.equal([...counted, [undefined, 0, sum]]);
  });
});
