/*
 * The types that tie a JSON schema to the TypeScript type that it describes, so that the compiler finds it if one of them
 * changes without the other.
 */

/** The keys that every `T` has. */
export type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** The keys that a `T` may lack. */
export type OptionalKeys<T> = Exclude<keyof T, RequiredKeys<T>>;

/** A closed schema of the object type `T`. */
export interface ObjectSchema<T> {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: { readonly [K in keyof T]-?: SchemaFor<Exclude<T[K], undefined>> };
  /** Has to have every key that `T` requires. The compiler only checks that it has no other key. */
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
 * The type of a closed JSON Schema for `T`: an object has the keys of `T`, and no others. If `T` changes and its schema
 * does not, the schema does not compile.
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
