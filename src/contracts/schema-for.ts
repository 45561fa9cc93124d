/*
 * The types that tie a JSON schema to the TypeScript type that it describes. `schemas.ts` needs them: if a field is
 * added to a type or removed from it, the compiler reports the schema that was not changed with it.
 */

/** The keys that are not optional in `T`. */
export type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** The keys that are optional in `T`, such as `b` in `{ a: string; b?: string }`. */
export type OptionalKeys<T> = Exclude<keyof T, RequiredKeys<T>>;

/** A closed schema of the object type `T`: it allows no keys but those of `T`. */
export interface ObjectSchema<T> {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: { readonly [K in keyof T]-?: SchemaFor<Exclude<T[K], undefined>> };
  /** The keys that are not optional in `T`. The compiler does not find out if one is missing here. */
  readonly required: readonly RequiredKeys<T>[];
}

type MemberSchema<T> = T extends unknown ? ObjectSchema<T> : never;

interface MapSchema<V> {
  readonly type: 'object';
  readonly additionalProperties: unknown extends V ? true : SchemaFor<V>;
  readonly maxProperties?: number;
  readonly propertyNames?: { readonly maxLength: number; readonly pattern?: string };
}

interface StringSchema {
  readonly type: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/**
 * The type of a JSON schema for `T`. If `T` has named keys, the schema is closed: it allows these keys and no others.
 * If `T` is a union of objects, the schema may be a list of schemas (`anyOf`).
 */
export type SchemaFor<T> = [T] extends [string]
  ? StringSchema
  : [T] extends [number]
    ? { readonly type: 'number' | 'integer'; readonly minimum?: number; readonly maximum?: number }
    : [T] extends [boolean]
      ? { readonly type: 'boolean' }
      : [T] extends [readonly (infer Item)[]]
        ? {
            readonly type: 'array';
            readonly items: SchemaFor<Item>;
            readonly maxItems?: number;
            readonly minItems?: number;
          }
        : string extends keyof T
          ? MapSchema<T[keyof T]>
          : MemberSchema<T> | { readonly anyOf: readonly MemberSchema<T>[] };
