import type { StreamName } from '@liandong/kernel';
import type { EventStore } from '../ports/event-store.ts';
import { type Matter, matterBook, type MatterBook, type MatterDeps } from './matter.ts';

/** The matters looked at last, each brought up to date by what the store holds beyond it. */
export type MatterShelf = {
  /** One matter is opened once at a time. */
  readonly open: (stream: StreamName) => Promise<Matter>;
  /** For one that failed half way. */
  readonly drop: (stream: StreamName) => void;
};

const keptMatters = 1_000;

export const matterShelf = (store: Pick<EventStore, 'read'>, deps: MatterDeps): MatterShelf => {
  const matters = new Map<StreamName, MatterBook>();
  return {
    open: async (stream) => {
      const known = matters.get(stream) ?? matterBook(stream, deps);
      known.take(await store.read(stream, known.revision()));
      matters.delete(stream);
      matters.set(stream, known);
      const [oldest] = matters.keys();
      if (matters.size > keptMatters && oldest !== undefined) matters.delete(oldest);
      return known.matter();
    },
    drop: (stream) => void matters.delete(stream),
  };
};
