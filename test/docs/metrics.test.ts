import { expect } from 'chai';
import { METRICS, type Metric } from '../../src/core/metrics/metrics.ts';
import { type Promcheck, promcheck } from '../support/promcheck.ts';
import { codeIn, REPOSITORY, rowsOf, sectionOf, textOf } from './support/documents.ts';

/** The names that a query may use. A counter has the name of its sample, and a histogram has the names of its parts. */
const ASKABLE = Object.entries<Metric>(METRICS).flatMap(([name, { type }]) => {
  if (type === 'counter') return [`${name}_total`];
  return type === 'histogram' ? ['_bucket', '_count', '_sum'].map((suffix) => name + suffix) : [name];
});

/** Every query of the dashboard; Grafana fills its variables in. */
function queriesIn(panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]): readonly string[] {
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$tenant', '.*')));
}

describe('docs/metrics.md', () => {
  let prometheus: Promcheck;
  before(function () {
    prometheus = promcheck(this);
  });

  it('lists every metric with its type, unit, labels and help, and no other', () => {
    const rows = rowsOf(sectionOf('docs/metrics.md', '## The metrics')).filter(([name = '']) => name.startsWith('`'));
    expect(
      rows.map(([name = '', type, unit, labels = '', help]) => [codeIn(name)[0], type, unit, codeIn(labels), help]),
    ).to.deep.equal(
      Object.entries<Metric>(METRICS).map(([name, { type, unit = '', labels, help }]) => [
        type === 'counter' ? `${name}_total` : name,
        type,
        unit,
        [...labels],
        help,
      ]),
    );
  });

  it('names alert rules that Prometheus takes, and that ask only for metrics that exist', () => {
    const rules = prometheus.rules(`${REPOSITORY}/docs/observability/alerts.yaml`);
    expect(Object.keys(rules)).to.have.members([
      'CascadeIsSilent',
      'CascadeAppFailing',
      'CascadeWorkIsLate',
      'CascadeNoticesWait',
      'CascadeActionsFail',
      'CascadeSweepDoesNotRun',
    ]);
    for (const asked of Object.values(rules)) expect(ASKABLE).to.include.members([...asked]);
  });

  it('names a dashboard whose queries Prometheus takes, and that shows every metric and no other', () => {
    const { panels } = JSON.parse(textOf('docs/observability/dashboard.json'));
    const asked = prometheus.queries(queriesIn(panels)).flat();
    expect(ASKABLE).to.include.members(asked);
    const families = Object.keys(METRICS).filter((name) => asked.some((each) => each.startsWith(name)));
    expect(families).to.deep.equal(Object.keys(METRICS));
  });
});
