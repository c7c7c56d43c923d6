declare module 'pg-copy-streams' {
  import type { Submittable } from 'pg';
  import type { Readable, Writable } from 'node:stream';
  /** A query that takes what is written to it as the rows of a COPY … FROM STDIN. */
  export const from: (text: string) => Submittable & Writable;
  /** A query that gives what a COPY … TO STDOUT says; `rowCount` once it has ended. */
  export const to: (text: string) => Submittable & Readable & { readonly rowCount: number };
}
