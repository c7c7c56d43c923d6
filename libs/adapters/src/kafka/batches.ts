import type { BusRecord } from '@liandong/application';

/** What is said at once, before compression; a topic takes a mebibyte. */
const fullBatch = 524_288;

export function* batches(records: Iterable<BusRecord>): Generator<readonly BusRecord[]> {
  let batch: BusRecord[] = [];
  let size = 0;
  for (const record of records) {
    const length = lengthOf(record);
    if (batch.length > 0 && size + length > fullBatch) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(record);
    size += length;
  }
  if (batch.length > 0) yield batch;
}

export const lengthOf = ({ key, value, headers }: BusRecord): number =>
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  Object.entries(headers).reduce((sum, [name, held]) => sum + name.length + held.length, 64);
