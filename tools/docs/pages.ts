import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export type Page = { readonly file: string; readonly text: string };

/** Every page a reader may open, relative to the root. */
export const pages = (): readonly Page[] =>
  [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

/** Links to files of this repository that are not there, and to headings their page does not have. */
export const brokenLinks = ({ file, text }: Page): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)[^)]*\)|(?:src|href)="([^"]+)"/g)]
    .map(([, link, attribute]) => link ?? attribute ?? '')
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
    .filter((link) => {
      const [target = '', heading] = link.split('#');
      const found = target === '' ? file : path.join(path.dirname(file), decodeURI(target));
      if (!existsSync(path.join(root, found))) return true;
      return heading !== undefined && found.endsWith('.md') && !headings(found).has(decodeURI(heading));
    });

const headings = (file: string): ReadonlySet<string> =>
  new Set(
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );

/** `npm run x`, `npm start` and `npm test` on a page for which package.json has no script. */
export const unknownCommands = ({ text }: Page, scripts: ReadonlySet<string>): readonly string[] =>
  [...text.matchAll(/\bnpm (?:run ([a-z][a-z0-9:-]*)|(start|test)\b)/g)]
    .map(([, named, short]) => named ?? short ?? '')
    .filter((name) => !scripts.has(name));

export type Block = { readonly file: string; readonly line: number; readonly code: string };

/** The ```ts blocks of a page; a reader copies them, so they compile. */
export const typescriptBlocks = ({ file, text }: Page): readonly Block[] =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    code,
  }));

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
