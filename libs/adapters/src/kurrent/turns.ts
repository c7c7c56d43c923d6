/** Lets work that shares a name run one after another, in the order it came. */
export const turns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <Answer>(names: readonly string[], work: () => Promise<Answer>): Promise<Answer> => {
    const before = names.flatMap((name) => last.get(name) ?? []);
    const mine = Promise.all(before).then(work);
    const over = mine.then(
      () => {},
      () => {},
    );
    for (const name of names) last.set(name, over);
    try {
      return await mine;
    } finally {
      for (const name of names) if (last.get(name) === over) last.delete(name);
    }
  };
};
