import { sourceOf } from '@liandong/kernel';
import { encodeBundle, tilePath, tileWidth } from '@liandong/ledger';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openInspectors } from '../../../apps/cli/src/inspectors.ts';
import type { Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { authorAt, caseWriter, placeOf, someDigests } from '../support/sample-case.ts';

const place = placeOf('431');
const source = sourceOf(authorAt(place.county));

/** Bundles of one ledger, as an export has them. */
const writeBundles = (folder: string, bundles: number): void => {
  for (let index = 0; index < bundles; index++) {
    const writer = caseWriter(place.county);
    const [opening] = place.beginning;
    if (opening !== undefined) writer.say(...opening);
    for (let n = 1; n < tileWidth; n++) writer.say(place.county, place.landInspected(n, someDigests()));
    const file = path.join(folder, tilePath({ level: 'entries', index, width: tileWidth }));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, encodeBundle(writer.events.map(({ bytes }) => bytes)));
  }
};

/** The auditor's threads over the whole folder; throws unless every event was found without fault. */
const inspectCell = (name: string, threads: number, folder: string, bundles: number): Cell => {
  const inspectors = openInspectors(threads);
  return {
    name,
    measure: async () => {
      const began = performance.now();
      let next = 0;
      let sound = 0;
      const lane = async () => {
        for (let index = next++; index < bundles; index = next++) {
          const { events } = await inspectors.inspect(
            folder,
            { source, keys: [] },
            index * tileWidth,
            tileWidth,
          );
          sound += events.filter(({ faults, read }) => faults.length === 0 && read !== undefined).length;
        }
      };
      await Promise.all(Array.from({ length: inspectors.ahead }, lane));
      const took = performance.now() - began;
      if (sound !== bundles * tileWidth)
        throw new Error(`${sound} of ${bundles * tileWidth} events are sound`);
      return { rate: (1000 * sound) / took };
    },
  };
};

export const allCores: Row = {
  number: 9,
  title: { zh: '用全部处理器核验导出', en: 'verify an export on all cores' },
  physics: ['JSON.parse/s'],
  differences: [
    'both: the threads of `liandong audit verify` read bundles of 256 events from files, hash them, check their one form, their schema and their ledger; only the number of threads differs',
    'what the main thread does with the findings, and the tree above them, is not in it',
  ],
  run: async (bench) => {
    const cores = os.availableParallelism();
    const folder = path.join(bench.folder, 'export');
    const bundles = bench.full ? 400 : 40;
    writeBundles(folder, bundles);
    const rounds = await bench.play([
      inspectCell('all cores', cores, folder, bundles),
      inspectCell('one core', 1, folder, bundles),
    ]);
    rmSync(folder, { recursive: true });
    return {
      comparisons: [
        {
          label: `${cores} 个处理器核 cores`,
          rounds,
          ours: { cell: 'all cores', figure: 'rate' },
          rival: { cell: 'one core', figure: 'rate' },
          better: 'more',
          unit: 'events/s',
          goal: { floor: 0.75 * cores, target: 0.9 * cores },
        },
      ],
    };
  },
};
