import { nodeSuite } from '@liandong/adapters/crypto';
import { inspectFiles, type KnownExport, streamInspector } from '@liandong/application';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import { parentPort } from 'node:worker_threads';
import { folderAt } from './audit-folders.ts';
import type { Findings, InspectAnswer, InspectOrder } from './inspectors.ts';

/** One thread: takes a bundle or some streams at a time, reads the files of them, and answers what it found. */
const suite = nodeSuite();
const deps = { suite, checkSchema, ledgerFactOf: decodeLedgerFact };

/** Kept from order to order, with the bundles it has read. */
let streams: { readonly of: string; readonly inspect: ReturnType<typeof streamInspector> } | undefined;

const inspectorOf = (exports: readonly KnownExport[]) => {
  const of = JSON.stringify(exports);
  if (streams?.of !== of) {
    const sound = exports.map((each) => ({ ...each, readFile: folderAt(each.name).readFile }));
    streams = { of, inspect: streamInspector({ sha256: suite.sha256, factOf: decodeCaseFact }, sound) };
  }
  return streams.inspect;
};

const foundBy = (order: InspectOrder): Promise<Findings> =>
  'streams' in order
    ? inspectorOf(order.exports)(order.streams)
    : inspectFiles(deps, folderAt(order.folder).readFile, order.keys, order.first, order.width);

parentPort?.on('message', (order: InspectOrder) => {
  const { id } = order;
  const answer = (value: InspectAnswer) => parentPort?.postMessage(value);
  foundBy(order).then(
    (findings) => {
      answer({ id, findings });
    },
    (error: unknown) => {
      answer({ id, failure: String(error) });
    },
  );
});
