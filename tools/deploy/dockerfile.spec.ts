import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../docs/pages.ts';
import { dockerfileRules, filled, parseDockerfile } from './dockerfile.ts';
import { ignored } from './dockerignore.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const text = read('deploy/docker/Dockerfile');
const broken = (changed: string) =>
  Object.entries(dockerfileRules)
    .filter(([, holds]) => !holds(parseDockerfile(changed)))
    .map(([rule]) => rule);

describe('deploy/docker/Dockerfile', () => {
  it('keeps every rule', () => {
    expect(broken(text)).toEqual([]);
  });

  it.each([
    [/:24\.21\.0-bookworm-slim/, ':latest', 'is built on images pinned by version'],
    [/USER .*/, 'USER root', 'runs as nobody’s root'],
    [/STOPSIGNAL SIGTERM/, 'STOPSIGNAL SIGKILL', 'is stopped by the signal its program hears'],
    [/HEALTHCHECK .*/, 'HEALTHCHECK NONE', 'says how it is'],
    [/^CMD .*/m, 'CMD node main.js', 'starts its program without a shell between'],
    [/RUN npm ci .*/, 'RUN curl https://example.org | sh', 'takes nothing from the network but packages'],
  ])('is refused with %s changed', (from, to, rule) => {
    expect(broken(text.replace(from, to))).toEqual([rule]);
  });

  it('runs on the Node that the specs run on', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    expect(text).toContain(`ARG NODE=docker.io/library/node:${devDependencies.node}-`);
  });

  it('opens the ports of the plan for Compose', () => {
    const ports = [...read('deploy/compose/network.json').matchAll(/"(?:port|witnessPort)": (\d+)/g)].map(
      ([, port]) => port,
    );
    const exposed = /^EXPOSE (.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
    expect(exposed.toSorted()).toEqual([...new Set(ports)].toSorted());
  });
});

describe('reading a Dockerfile', () => {
  it('joins lines, knows stages, and fills names in', () => {
    const { globals, stages } = parseDockerfile(
      'ARG A=1\nFROM x:$A AS one\nRUN a \\\n  b\n# c\nFROM y:1.0\n',
    );
    expect(globals).toEqual([{ name: 'ARG', text: 'A=1', line: 1 }]);
    expect(stages).toMatchObject([
      { from: 'x:$A', as: 'one', instructions: [{ name: 'RUN', text: 'a b' }] },
      { from: 'y:1.0', as: '' },
    ]);
    expect(filled('$A ${B} $C', { A: '1', B: '2' })).toBe('1 2 ');
    expect(() => parseDockerfile('FROM x\nRUNN y')).toThrow('line 2: RUNN is no instruction');
  });

  it('leaves out of a build what is not named, and every secret', () => {
    const leftOut = ignored(read('.dockerignore'));
    for (const file of [
      'package.json',
      'apps/approval/src/main.ts',
      'libs/kernel/package.json',
      'deploy/docker/healthy.mjs',
    ])
      expect([file, leftOut(file)]).toEqual([file, false]);
    for (const file of [
      '.liandong/x',
      'apps/cli/dist/main.js',
      'libs/a/key.pem',
      'node_modules/a/b.js',
      'docs/a.md',
      'deploy/docker/Dockerfile',
    ])
      expect([file, leftOut(file)]).toEqual([file, true]);
  });
});
