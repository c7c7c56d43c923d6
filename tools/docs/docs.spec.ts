import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileBlocks } from './compile.ts';
import { brokenLinks, pages, root, typescriptBlocks, unknownCommands } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const known = new Set(Object.keys(scripts));

describe.each(pages())('$file', (page) => {
  it('links only to what is there', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names only commands that exist', () => {
    expect(unknownCommands(page, known)).toEqual([]);
  });
});

describe('the pages', () => {
  it('show only TypeScript that compiles', () => {
    expect(compileBlocks(pages().flatMap(typescriptBlocks))).toEqual([]);
  }, 60_000);
});

describe('the check of the pages', () => {
  const page = (text: string) => ({ file: 'docs/sample.md', text });

  it('finds a link to a file or a heading that is not there', () => {
    expect(brokenLinks(page('[a](./nowhere.md) [b](../CONTRIBUTING.md) [c](https://example.org)'))).toEqual([
      './nowhere.md',
    ]);
    expect(brokenLinks(page('[a](../CONTRIBUTING.md#no-such-heading)'))).toHaveLength(1);
  });

  it('finds a command that does not exist', () => {
    expect(unknownCommands(page('`npm run nonsense` then `npm test`'), known)).toEqual(['nonsense']);
  });

  it('finds code that does not compile, and sees the packages of this workspace', () => {
    const block = (code: string) => typescriptBlocks(page(`# A\n\n\`\`\`ts\n${code}\n\`\`\`\n`));
    expect(compileBlocks(block("import { ok } from '@liandong/kernel';\nok(1).value.toFixed();"))).toEqual(
      [],
    );
    expect(compileBlocks(block("import { ok } from '@liandong/kernel';\nok(1).value.trim();"))).toEqual([
      expect.stringMatching(/^docs\/sample.md:3: Property 'trim' does not exist/),
    ]);
  }, 60_000);
});
