type MaybeUndefined<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** `T` with each field that may be undefined made optional. */
export type DefinedFields<T> = Omit<T, MaybeUndefined<T>> & {
  readonly [K in MaybeUndefined<T>]?: Exclude<T[K], undefined>;
};

/**
 * An object without those of its fields that are undefined. By `exactOptionalPropertyTypes` in `tsconfig.json`, an
 * optional field may be missing, but it may not be undefined.
 */
export const definedFields = <T extends object>(object: T): DefinedFields<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as DefinedFields<T>;
