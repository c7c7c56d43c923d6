import type { OriginHash, WitnessRecord, WitnessStore } from '@liandong/application';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

export type OpenWitnessStore = () => Promise<{
  readonly store: WitnessStore;
  /** The same records through another handle, as another process would have them. */
  readonly another: () => Promise<WitnessStore>;
  readonly close: () => Promise<void>;
}>;

const log = (n: number) => n.toString(16).padStart(64, '0') as OriginHash;
const record = (text: string): WitnessRecord => ({ note: new TextEncoder().encode(text) });
const textOf = (held: WitnessRecord | undefined) => held && new TextDecoder().decode(held.note);

/** Every promise of the port `WitnessStore`. */
export const witnessStoreContract = (name: string, open: OpenWitnessStore): void => {
  describe(`the memory of a witness in ${name}`, () => {
    let store: WitnessStore;
    let another: () => Promise<WitnessStore>;
    let close = async () => {};

    beforeAll(async () => ({ store, another, close } = await open()));
    afterAll(() => close());

    it('holds nothing of a log never seen', async () => {
      expect(await store.read(log(1))).toBeUndefined();
      expect(await store.update(log(1), (held) => ({ outcome: held }))).toBeUndefined();
      expect(await store.read(log(1))).toBeUndefined();
    });

    it('keeps what it was told, and shows it to the next', async () => {
      const keep = { ...record('一\n'), splitView: Uint8Array.of(0x61, 0x0a) };
      expect(await store.update(log(2), () => ({ keep, outcome: 'kept' }))).toBe('kept');
      const shown = await store.update(log(2), (held) => ({ outcome: held }));
      expect(textOf(shown)).toBe('一\n');
      expect(Array.from(shown?.splitView ?? [])).toEqual([0x61, 0x0a]);
      expect(textOf(await (await another()).read(log(2)))).toBe('一\n');
    });

    it('holds each log for itself', async () => {
      await store.update(log(3), () => ({ keep: record('three'), outcome: 0 }));
      await store.update(log(4), () => ({ keep: record('four'), outcome: 0 }));
      expect(textOf(await store.read(log(3)))).toBe('three');
    });

    it('keeps nothing where looking fails, and goes on', async () => {
      await store.update(log(5), () => ({ keep: record('good'), outcome: 0 }));
      const failing = store.update(log(5), () => {
        throw new Error('looked and fell');
      });
      await expect(failing).rejects.toThrow('looked and fell');
      expect(textOf(await store.read(log(5)))).toBe('good');
    });

    it('lets no two go on from one record, whatever handle they come through', async () => {
      const handles = [store, await another(), await another()];
      const counted = Array.from({ length: 60 }, (_, n) =>
        (handles[n % handles.length] ?? store).update(log(6), (held) => {
          const next = Number(textOf(held) ?? 0) + 1;
          return { keep: record(String(next)), outcome: next };
        }),
      );
      const outcomes = await Promise.all(counted);
      expect(new Set(outcomes).size).toBe(60);
      expect(textOf(await store.read(log(6)))).toBe(String(Math.max(...outcomes)));
    });
  });
};
