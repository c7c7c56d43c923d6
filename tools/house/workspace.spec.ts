import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './traces.ts';

type Layer = { root: string; imports: string[]; folders?: Record<string, unknown> };
type Manifest = {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  exports?: Record<string, string | Record<string, string>>;
  nx: { tags: string[] };
};
type Project = { folder: string; layer: string; manifest: Manifest; references: string[] };

const { layers } = (await import(path.join(root, 'boundaries.mjs'))) as { layers: Record<string, Layer> };
const json = (...file: string[]): unknown => JSON.parse(readFileSync(path.join(root, ...file), 'utf8'));

const projects: readonly Project[] = ['libs', 'apps'].flatMap((group) =>
  readdirSync(path.join(root, group))
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => {
      const tsconfig = json(folder, 'tsconfig.json') as { references?: { path: string }[] };
      const manifest = json(folder, 'package.json') as Manifest;
      return {
        folder,
        manifest,
        layer: manifest.nx.tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? 'none',
        references: (tsconfig.references ?? []).map((reference) => path.posix.join(folder, reference.path)),
      };
    }),
);

const folderOf = new Map(projects.map(({ folder, manifest }) => [manifest.name, folder]));

describe.each(projects)('$folder', ({ folder, layer, manifest, references }) => {
  it('bears the tag of the layer whose folder it lies in, or no boundary would hold', () => {
    const expected = Object.entries(layers).find(([, { root: at }]) => `${folder}/`.startsWith(`${at}/`));
    expect(manifest.nx.tags).toEqual([`layer:${expected?.[0]}`]);
  });

  it('declares only the libraries its layer may import', () => {
    const allowed = layers[layer]?.imports.map((to) => layers[to]?.root);
    for (const name of Object.keys(manifest.dependencies ?? {}))
      expect(allowed).toContain(folderOf.get(name));
  });

  it('is built after exactly the libraries it declares', () => {
    const declared = Object.keys(manifest.dependencies ?? {}).map((name) => folderOf.get(name));
    expect(references.toSorted()).toEqual(declared.toSorted());
  });

  it('exports sources that are there, to the compiler and to a program alike', () => {
    const entries = Object.entries(manifest.exports ?? {}).filter(([name]) => name !== './package.json');
    for (const [, conditions] of entries) {
      const source = (conditions as Record<string, string>)['@liandong/source'] ?? '';
      const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
      expect(existsSync(path.join(root, folder, source))).toBe(true);
      expect(conditions).toEqual({
        '@liandong/source': source,
        types: `${built}.d.ts`,
        default: `${built}.js`,
      });
    }
  });
});

describe('the workspace', () => {
  it('builds every project', () => {
    const { references } = json('tsconfig.json') as { references: { path: string }[] };
    expect(references.map((reference) => path.posix.normalize(reference.path)).toSorted()).toEqual(
      projects.map(({ folder }) => folder).toSorted(),
    );
  });

  it('is of one version', () => {
    const { version } = json('package.json') as { version: string };
    expect(new Set(projects.map(({ manifest }) => manifest.version))).toEqual(new Set([version]));
  });

  it('pins every package to one exact version', () => {
    const { dependencies, devDependencies } = json('package.json') as Record<string, Record<string, string>>;
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^(npm:[a-z]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});
