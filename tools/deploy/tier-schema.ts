/**
 * `node tools/deploy/tier-schema.ts` writes docs/tier.schema.json: what editors, and checks that
 * are not ours, know of a tier's configuration file. After `npm run build`.
 */
import { tierConfigSchema } from '@liandong/contracts';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';

export const tierSchemaFile = path.resolve(import.meta.dirname, '../../docs/tier.schema.json');

export const tierSchemaText = (): Promise<string> =>
  format(JSON.stringify(tierConfigSchema()), { parser: 'json', printWidth: 110 });

if (process.argv[1] === import.meta.filename) writeFileSync(tierSchemaFile, await tierSchemaText());
