export interface Pair {
  readonly key: string;
  readonly value: unknown;
}

/** The fields of all JSON answers of a host. A test asserts which ones its answer has. */
export interface Body {
  readonly code: string;
  readonly error: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
  readonly publish: boolean;
  readonly binding: object;
  readonly updated: number;
  readonly parameters: readonly Pair[];
  readonly annotations: readonly Pair[];
  readonly exec: { readonly kind: string; readonly code: string };
  readonly limits: Readonly<Record<string, number>>;
  readonly actions: readonly Body[];
  readonly feeds: readonly Body[];
  readonly rules: object;
  readonly status: string;
  readonly action: object;
  readonly trigger: object;
  readonly activationId: string;
  readonly cause: string;
  readonly duration: number;
  readonly start: number;
  readonly end: number;
  readonly statusCode: number;
  readonly logs: readonly string[];
  readonly response: {
    readonly result: Readonly<Record<string, unknown>>;
    readonly status: string;
    readonly success: boolean;
    readonly size: number;
  };
}

/** Turns entries into one object, as their order means nothing. */
export const asMap = (pairs: readonly Pair[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
