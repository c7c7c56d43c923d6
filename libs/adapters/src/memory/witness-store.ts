import type { OriginHash, SplitViews, WitnessRecord, WitnessStore } from '@liandong/application';

export const memoryWitnessStore = (): WitnessStore => {
  const records = new Map<OriginHash, WitnessRecord>();
  return {
    read: async (log) => records.get(log),
    update: async (log, look) => {
      const { keep, outcome } = look(records.get(log));
      if (keep !== undefined) records.set(log, keep);
      return outcome;
    },
  };
};

export const memorySplitViews = (): SplitViews => {
  const bundles = new Map<OriginHash, Uint8Array>();
  return {
    keep: async (log, evidence) => void (bundles.has(log) || bundles.set(log, evidence)),
    find: async (log) => bundles.get(log),
  };
};
