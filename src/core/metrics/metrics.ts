/*
 * The metrics that Cascade offers to Prometheus and similar programs: their names, types, labels and help texts. The
 * web action `metrics` prints them. An order is a reload that Cascade owes.
 */

/** A family of metrics, as OpenMetrics 1.0 has them. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The family's name ends in it. */
  readonly unit?: 'seconds';
  readonly help: string;
  readonly labels: readonly string[];
}

/** The families by name, in the order in which `metrics` prints them. docs/metrics.md has the same table. */
export const METRICS = {
  cascade_reloads: {
    type: 'counter',
    help: 'Reloads that ended and that Cascade heard of, by how they ended.',
    labels: ['tenant', 'app', 'outcome'],
  },
  cascade_reload_seconds: {
    type: 'counter',
    unit: 'seconds',
    help: 'How long reloads ran, without their time in the queue. Reloads whose start Qlik did not tell are left out.',
    labels: ['tenant', 'app', 'outcome'],
  },
  cascade_app_failing: {
    type: 'gauge',
    help: '1 if the app has failed since it last succeeded, 0 if not.',
    labels: ['tenant', 'app'],
  },
  cascade_app_last_success_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'When the latest successful reload of the app ended, as Unix time. Absent before the first one.',
    labels: ['tenant', 'app'],
  },
  cascade_orders: {
    type: 'gauge',
    help: 'Orders that are not finished, by state.',
    labels: ['state'],
  },
  cascade_oldest_due_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the oldest piece of unfinished work has been due. 0 if nothing is overdue.',
    labels: [],
  },
  cascade_notices_waiting: {
    type: 'gauge',
    help: 'Messages for people that at least one channel has not taken.',
    labels: [],
  },
  cascade_action_invocations: {
    type: 'counter',
    help: 'Activations of the actions and sequences, by status. A host that keeps no records of successful activations shows fewer.',
    labels: ['action', 'status'],
  },
  cascade_action_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'How long activations ran. A host that keeps no records of successful activations shows fewer.',
    labels: ['action'],
  },
  cascade_action_init_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'How long cold starts took to load the action. Warm activations are left out.',
    labels: ['action'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a family. */
export type MetricName = keyof typeof METRICS;
