import { type Checkpoints, type Position, start } from '@liandong/application';

export const memoryCheckpoints = (): Checkpoints => {
  const saved = new Map<string, Position>();
  return {
    load: async (follower) => saved.get(follower) ?? start,
    save: async (follower, position) => {
      if (position > (saved.get(follower) ?? start)) saved.set(follower, position);
    },
  };
};
