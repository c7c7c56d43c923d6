import { fakeKurrent, withKurrent } from '@liandong/testing';
import { afterEach, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { endAll, start, temporaryFolder } from './program.ts';

const patience = 300_000;

afterEach(endAll);

const mainJob = (
  name: string,
  server: () => Promise<{ readonly url: string; readonly end?: () => void }>,
) => {
  it(
    `the main job with its events in ${name} ends with one digest at every tier`,
    async () => {
      const { url, end } = await server();
      const temporary = temporaryFolder();
      const { lines, ended, complaint } = start(['--demo', '--engine', 'kurrent', '--kurrent', url], {
        TMPDIR: temporary,
      });
      expect([await ended, complaint()]).toEqual([0, '']);
      const { equal, caseDigest } = JSON.parse(lines.at(-1) ?? '') as {
        readonly equal: boolean;
        readonly caseDigest: Record<string, string>;
      };
      expect(equal).toBe(true);
      expect(Object.keys(caseDigest)).toHaveLength(3);
      expect(new Set(Object.values(caseDigest)).size).toBe(1);
      rmSync(temporary, { recursive: true });
      end?.();
    },
    patience,
  );
};

let fakeStreams: readonly string[] = [];

mainJob('a fake KurrentDB', async () => {
  const fake = await fakeKurrent();
  const end = () => {
    fakeStreams = [...new Set(fake.log.whole().map(({ stream }) => stream))];
    fake.close();
  };
  return { url: fake.url(), end };
});

it('the events of every tier lay there, each in a part of its own', () => {
  const cases = fakeStreams.filter((stream) => /^[0-9a-f]{16}_case-[0-9a-f]{32}$/.test(stream));
  expect(new Set(cases.map((stream) => stream.slice(0, 16))).size).toBe(3);
  expect(new Set(cases.map((stream) => stream.slice(17))).size).toBe(cases.length / 3);
});

withKurrent((given) => mainJob('KurrentDB', async () => ({ url: given.url })));
