import type { KeysFile } from './folder.ts';
import type { BundleFindings } from './inspect-bundle.ts';
import type { KnownExport, StreamFindings, StreamOrder } from './inspect-stream.ts';

/** Others who inspect parts of exports at the same time, `ahead` at once. An export is known by its name. */
export type Inspectors = {
  readonly ahead: number;
  readonly inspect: (folder: string, keys: KeysFile, first: number, width: number) => Promise<BundleFindings>;
  /** The findings of streams, in the order asked. */
  readonly inspectStreams: (
    exports: readonly KnownExport[],
    orders: readonly StreamOrder[],
  ) => Promise<readonly StreamFindings[]>;
};
