import type { ReturnedEvent } from '@liandong/application';
import { type EventHash, serviceNames } from '@liandong/kernel';
import { z } from 'zod';

const base64 = z
  .base64()
  .max(90_000)
  .transform((text): Uint8Array => Buffer.from(text, 'base64'));

const seal = z.strictObject({
  service: z.enum(serviceNames),
  keyId: z.string().regex(/^[0-9a-f]{8}$/),
  leaves: z
    .array(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .transform((text) => text as EventHash),
    )
    .max(10_000),
  signature: base64,
});

/** Own events as another tier gives them back. A seal that several share stands once; `next` is the leaf to go on from. */
export const returnedPage = z.strictObject({
  entries: z.array(z.strictObject({ seq: z.int().min(0), event: base64, seal: z.int().min(0) })).max(1_000),
  seals: z.array(seal).max(1_000),
  next: z.int().min(0).optional(),
});

/** A page is posted on as it came, so it stays below what a door takes. */
const pageBytes = 180 * 1024;

/** As many events as fit, at least one. */
export const pageOf = (events: readonly ReturnedEvent[]): z.input<typeof returnedPage> => {
  const seals: z.input<typeof seal>[] = [];
  const places = new Map<string, number>();
  const entries: { seq: number; event: string; seal: number }[] = [];
  let size = 0;
  for (const { seq, bytes, seal: by } of events) {
    const signature = toBase64(by.signature);
    const known = places.get(signature);
    const event = toBase64(bytes);
    size += event.length + 40 + (known === undefined ? 200 + 67 * by.leaves.length : 0);
    if (entries.length > 0 && size > pageBytes) break;
    if (known === undefined) {
      places.set(signature, seals.length);
      seals.push({ service: by.service, keyId: by.keyId, leaves: [...by.leaves], signature });
    }
    entries.push({ seq, event, seal: known ?? seals.length - 1 });
  }
  const last = entries.at(-1);
  return { entries, seals, ...(last && { next: last.seq + 1 }) };
};

/** An entry whose seal the page does not hold is no event of anybody's. */
export const eventsOf = ({ entries, seals }: z.output<typeof returnedPage>): readonly ReturnedEvent[] =>
  entries.flatMap(({ seq, event, seal: place }) => {
    const by = seals[place];
    return by === undefined ? [] : [{ seq, bytes: event, seal: by }];
  });

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
