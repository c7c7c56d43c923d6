/** Runs tasks of one key one after another, tasks of different keys side by side. */
export type InTurn<Key> = <Value>(key: Key, task: () => Promise<Value>) => Promise<Value>;

export const inTurn = <Key>(): InTurn<Key> => {
  const last = new Map<Key, Promise<unknown>>();
  return (key, task) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(task, task);
    last.set(key, turn);
    const forget = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
};
