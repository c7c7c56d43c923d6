import { sha256 } from '@liandong/adapters/crypto';
import { parseTierConfig } from '@liandong/contracts';
import { describe, expect, it } from '@jest/globals';
import { authorOf, eventHash, fromUtf8, sealedBytes, sourceOf, utf8, verifyEnvelope } from '@liandong/kernel';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pages.ts';

const page = (name: string) => readFileSync(path.join(root, 'docs', name), 'utf8');
const jsonBlocks = (text: string) =>
  [...text.matchAll(/^```json\n([\s\S]*?)\n```$/gm)].map(([, block = '']) => block);

describe('the examples of the pages', () => {
  it('show an event whose bytes, hash and seal are what the page says', () => {
    const text = page('protocol.md');
    const bytes = utf8(jsonBlocks(text)[0] ?? '');
    const verified = verifyEnvelope(sha256, bytes);
    if (!verified.ok) throw new Error(JSON.stringify(verified.refusal));
    const hash = eventHash(sha256, bytes);
    expect(text).toContain(`The hash of these bytes is \`${hash}\``);

    const author = authorOf(verified.value.source);
    if (author === undefined) throw new Error('the event has no author');
    const signed = fromUtf8(sealedBytes(sha256, sourceOf(author), [hash])).split('\n');
    expect(signed.slice(0, 3)).toEqual(['liandong/commit/v1', verified.value.source, '1']);
    expect(text).toContain(`the last line is \`${signed[3]}\``);
  });

  it('show a configuration that is one', () => {
    const [block = ''] = jsonBlocks(page('operations.md'));
    const parsed = parseTierConfig(JSON.parse(block), root);
    expect(parsed).toMatchObject({ ok: true });
  });
});
