import type {
  BundleFindings,
  Inspectors,
  KeysFile,
  KnownExport,
  StreamFindings,
  StreamOrder,
} from '@liandong/application';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

export type BundleOrder = {
  readonly folder: string;
  readonly keys: KeysFile;
  readonly first: number;
  readonly width: number;
};
export type StreamsOrder = {
  readonly exports: readonly KnownExport[];
  readonly streams: readonly StreamOrder[];
};
export type InspectOrder = { readonly id: number } & (BundleOrder | StreamsOrder);
export type Findings = BundleFindings | readonly StreamFindings[];
export type InspectAnswer =
  { readonly id: number; readonly findings: Findings } | { readonly id: number; readonly failure: string };

type Waiting = {
  readonly resolve: (findings: Findings) => void;
  readonly reject: (reason: Error) => void;
};

/** The program of a thread lies beside this file, in the form this one has: built, or as it was written. */
const program = new URL(`./inspect-worker${path.extname(import.meta.filename)}`, import.meta.url);

/** Orders given to each thread before its first answer: enough that it never waits, little enough to hold. */
const ordersEach = 4;

/** Threads that inspect bundles and streams of exports. Whoever opens them ends them. */
export const openInspectors = (
  threads: number,
  /** Options of the threads; those of this process if absent. */
  execArgv?: readonly string[],
): Inspectors & { readonly close: () => Promise<void> } => {
  const waiting = new Map<number, Waiting>();
  const failAll = (reason: Error) => {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(program, execArgv === undefined ? {} : { execArgv: [...execArgv] });
    worker.on('message', (answer: InspectAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('findings' in answer) asked?.resolve(answer.findings);
      else asked?.reject(new Error(answer.failure));
    });
    worker.on('error', failAll);
    worker.on('exit', () => {
      failAll(new Error('a thread ended before it answered'));
    });
    return worker;
  });
  let orders = 0;
  /** An order is answered with the findings of its kind. */
  const ask = <Found extends Findings>(asked: BundleOrder | StreamsOrder): Promise<Found> =>
    new Promise((resolve, reject) => {
      const id = orders++;
      waiting.set(id, {
        resolve: (findings) => {
          resolve(findings as Found);
        },
        reject,
      });
      const order: InspectOrder = { id, ...asked };
      workers[id % threads]?.postMessage(order);
    });
  return {
    ahead: threads * ordersEach,
    inspect: (folder, keys, first, width) => ask<BundleFindings>({ folder, keys, first, width }),
    inspectStreams: (exports, streams) => ask<readonly StreamFindings[]>({ exports, streams }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};
