declare module 'pg-copy-streams' {
  import type { Submittable } from 'pg';
  import type { Writable } from 'node:stream';
  /** A query that takes what is written to it as the rows of a COPY … FROM STDIN. */
  export const from: (text: string) => Submittable & Writable;
}
