/** A part of Cascade that is beside manifest.yaml, in its own file for wskdeploy. */
export interface DeployPart {
  /** The file's name. It may have a package, triggers and rules. */
  readonly file: string;
  /** What messages call the part. */
  readonly what: string;
  /** The part is deployed if this setting is set. If it is not, an earlier deployment of the part is taken off. */
  readonly setting: string;
  /** What happens from now on, for a host with alarms. An alarm fires a trigger at regular times. */
  readonly on: string;
  /** What a person has to start on a host without alarms, and how often. */
  readonly byCron: string;
}

/** The parts, in the order in which they are deployed and undeployed. */
export const PARTS: readonly DeployPart[] = [
  {
    file: 'schedule.yaml',
    what: 'the sweep’s clock',
    setting: 'COUCHDB_URL',
    on: 'The sweep and the meter are on: every 5 minutes (rules cascade-sweep and cascade-meter).',
    byCron: 'the sweep and the meter by cron every 5 minutes (docs/sweep.md, "How the sweep is started")',
  },
  {
    file: 'questions.yaml',
    what: 'the questions pipeline',
    setting: 'QUESTIONS_TAGS',
    on: 'New questions are looked for every 10 minutes (rule questions-socron).',
    byCron: 'questions/socron by cron every 10 minutes (docs/questions.md, "From nothing to a live deployment")',
  },
];
