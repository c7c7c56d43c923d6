import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { arrows, compartments, nodeModules, npm, otherWays, specArrows, untried } from './import-samples.ts';
import type { Sample } from './sample.ts';
import { allowedTime, purity, style } from './style-samples.ts';

const groups: Record<string, readonly Sample[]> = {
  'between layers': arrows,
  'from specs': specArrows,
  'between folders of one layer': compartments,
  'of npm packages': npm,
  'of node modules': nodeModules,
  'by other ways': otherWays,
  'of clocks, chance and the process': [...purity, ...allowedTime],
  'of style': style,
};

type Message = { readonly ruleId: string | null; readonly message: string };
const verdicts = new Map<Sample, readonly Message[]>();

beforeAll(() => {
  const samples = Object.values(groups).flat();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.resolve('tools/boundaries/lint-samples.mjs')],
    { input: JSON.stringify(samples), encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`linting the samples failed:\n${stderr}`);
  const found = JSON.parse(stdout) as readonly (readonly Message[])[];
  for (const [n, messages] of found.entries()) verdicts.set(samples[n]!, messages);
}, 120_000);

describe('boundaries', () => {
  it('are tried for every layer', () => {
    expect(untried).toEqual([]);
  });

  for (const [what, samples] of Object.entries(groups))
    describe(what, () => {
      it.each(samples)('$name', (given) => {
        const fired = new Set(verdicts.get(given)?.map(({ ruleId }) => ruleId));
        expect([...fired].toSorted()).toEqual([...given.fires].toSorted());
      });
    });
});
