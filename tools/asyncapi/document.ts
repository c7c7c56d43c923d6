import { Parser } from '@asyncapi/parser';
import { asyncApi } from '@liandong/contracts';
import path from 'node:path';
import { stringify } from 'yaml';

export const documentFile = path.resolve(import.meta.dirname, '../../docs/asyncapi.yaml');

/** The document as it is to stand in the file. */
export const documentText = (): string =>
  `# Made from the schemas: npm run asyncapi -- --update\n${stringify(asyncApi(), { aliasDuplicateObjects: false, lineWidth: 100 })}`;

/** What AsyncAPI's own parser finds wrong. That 3.1 is out is no fault of a document of 3.0. */
export const faultsIn = async (text: string): Promise<readonly string[]> => {
  const diagnostics = await new Parser().validate(text);
  return diagnostics
    .filter(({ severity }) => Number(severity) <= warning)
    .map(({ code, message, path: at }) => `${at.join('.')}: ${message} (${code})`);
};

const warning = 1;
