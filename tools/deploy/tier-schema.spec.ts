import { describe, expect, it } from '@jest/globals';
import { tierConfigSchema } from '@liandong/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../docs/pages.ts';

const published = JSON.parse(readFileSync(path.join(root, 'docs/tier.schema.json'), 'utf8')) as object;

describe('docs/tier.schema.json', () => {
  it('is what the code reads; else: npm run build && node_modules/.bin/node tools/deploy/tier-schema.ts', () => {
    expect(published).toEqual(tierConfigSchema());
  });

  it('takes the example in the operations page, and refuses a field that nobody knows', () => {
    const page = readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
    const example = JSON.parse(/```json\n(\{\n {2}"network"[\s\S]*?)```/.exec(page)?.[1] ?? '') as object;
    const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(published);
    expect([valid(example), valid.errors]).toEqual([true, null]);
    expect(valid({ ...example, colour: 'red' })).toBe(false);
    expect(valid({ ...example, tier: 431021 })).toBe(false);
  });
});
