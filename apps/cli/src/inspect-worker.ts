import { nodeSuite } from '@liandong/adapters/crypto';
import { inspectFiles } from '@liandong/application';
import { checkSchema, decodeLedgerFact } from '@liandong/contracts';
import { parentPort } from 'node:worker_threads';
import { folderAt } from './audit-folders.ts';
import type { InspectAnswer, InspectOrder } from './inspectors.ts';

/** One thread: takes the number of a bundle at a time, reads the files of it, and answers what it found. */
const deps = { suite: nodeSuite(), checkSchema, ledgerFactOf: decodeLedgerFact };

parentPort?.on('message', ({ id, folder, keys, first, width }: InspectOrder) => {
  const answer = (value: InspectAnswer) => parentPort?.postMessage(value);
  inspectFiles(deps, folderAt(folder).readFile, keys, first, width).then(
    (findings) => {
      answer({ id, findings });
    },
    (error: unknown) => {
      answer({ id, failure: String(error) });
    },
  );
});
