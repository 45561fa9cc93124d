import { closed, mapOf, string } from './manifest-schema.ts';

/** A trigger that a feed fires. */
export interface ScheduleTrigger {
  /** `/namespace/package/feed` */
  readonly feed: string;
  readonly inputs: Readonly<Record<string, { readonly type: 'integer'; readonly value: number }>>;
}

export interface ScheduleRule {
  readonly trigger: string;
  /** `package/action` */
  readonly action: string;
}

/** The part of wskdeploy's manifest that schedule.yaml uses: triggers and rules, which are in no package. */
export interface Schedule {
  readonly project: {
    readonly name: string;
    readonly packages: {
      readonly default: {
        readonly triggers: Readonly<Record<string, ScheduleTrigger>>;
        readonly rules: Readonly<Record<string, ScheduleRule>>;
      };
    };
  };
}

const input = closed(['type', 'value'], { type: { const: 'integer' }, value: { type: 'integer', minimum: 0 } });
const trigger = closed(['feed', 'inputs'], { feed: string, inputs: mapOf(input) });
const rule = closed(['trigger', 'action'], { trigger: string, action: string });
const entities = closed(['triggers', 'rules'], { triggers: mapOf(trigger), rules: mapOf(rule) });

/** JSON Schema of `Schedule`: closed, so that a key we would not deploy is never passed over. */
export const SCHEDULE_SCHEMA = closed(['project'], {
  project: closed(['name', 'packages'], { name: string, packages: closed(['default'], { default: entities }) }),
});
