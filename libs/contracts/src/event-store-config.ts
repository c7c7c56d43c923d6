import { resolve } from 'node:path';
import { z } from 'zod';
import { filePath } from './config-parts.ts';
import { rule } from './config-problems.ts';

/** Which engine holds the events. Everything else of the tier lies in PostgreSQL either way. */
export type EventStoreConfig =
  | { readonly engine: 'postgres' }
  | {
      /** EventStoreDB from 23.10 or KurrentDB. */
      readonly engine: 'kurrent';
      /** The file that holds the connection string, which names a user and a password. */
      readonly urlFile: string;
      /** Begins the names of the tier's streams, where several tiers try one server out together. */
      readonly prefix: string;
    };

export const eventStoreShape = z
  .discriminatedUnion('engine', [
    z.strictObject({ engine: z.literal('postgres') }),
    z.strictObject({
      engine: z.literal('kurrent'),
      urlFile: filePath,
      prefix: z
        .string()
        .regex(/^([a-z0-9]{1,40}_)?$/, rule('小写字母或数字加“_”', 'lower-case letters or digits and a `_`'))
        .default(''),
    }),
  ])
  .default({ engine: 'postgres' });

export const absoluteEventStore = (config: EventStoreConfig, folder: string): EventStoreConfig => {
  switch (config.engine) {
    case 'postgres':
      return config;
    case 'kurrent':
      return { ...config, urlFile: resolve(folder, config.urlFile) };
  }
};
