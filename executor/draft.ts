// plumbing: records in the making

/**
 * A record whose optional fields are still to come. They are set one by one: a literal with a spread in it costs V8 more than all
 * other fields together.
 */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
