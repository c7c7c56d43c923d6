import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { files, hostsIn, read, root, tracesIn } from './traces.ts';

describe('the repository', () => {
  it('bears no traces of where and how it was made', () => {
    const found = files().flatMap((file) =>
      tracesIn(read(file)).map(
        ({ line, what, text }) => `${path.relative(root, file)}:${line}: ${what}: ${text}`,
      ),
    );
    expect(found).toEqual([]);
  });

  it('locks its packages to the public registry only', () => {
    expect(hostsIn(read(path.join(root, 'package-lock.json')))).toEqual([]);
  });
});

describe('the check for traces', () => {
  it.each([
    ['const dir = "/work/data";', "a path of somebody's machine"],
    ["const dir = '/home/li/liandong/x';", "a path of somebody's machine"],
    ['cat /tmp/pg/log', "a path of somebody's machine"],
    ["os.tmpdir() + '/pg'", undefined],
    ['// TODO: later', 'something left to do'],
    ['see issue 12', 'a ticket nobody else can open'],
    ['as domain.md says', 'a document that is not in this repository'],
    ['see docs/architecture.md §4', 'a document that is not in this repository'],
    ['Co-Authored-By: somebody', 'who or what typed it'],
  ])('judges %j', (line, what) => {
    expect(tracesIn(line).map((trace) => trace.what)).toEqual(what === undefined ? [] : [what]);
  });

  it('lets pass what only looks like one', () => {
    expect(
      tracesIn('import x from "../work/x.ts"; // docs/architecture.md, https://example.org/home/x/'),
    ).toEqual([]);
  });

  it('finds a host in a lock file', () => {
    expect(hostsIn('"resolved": "https://npm.internal.example/zod/-/zod-4.0.0.tgz"')).toEqual([
      'npm.internal.example',
    ]);
    expect(hostsIn('"resolved": "libs/kernel"')).toEqual([]);
  });
});
