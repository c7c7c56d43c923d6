/** Takes a value of a stream; resolves when its reader wants the next one. */
export type Emit<Value> = (value: Value) => Promise<void>;

/**
 * What a producer emits, at the pace of whoever reads it: a slow reader holds the producer
 * up, and one that goes away ends it, since `emit` rejects from then on.
 */
export const pulled = async function* <Value>(
  produce: (emit: Emit<Value>) => Promise<void>,
): AsyncGenerator<Value, undefined> {
  type Offered = {
    readonly value: Value;
    readonly taken: () => void;
    readonly refused: (reason: Error) => void;
  };
  const offered: Offered[] = [];
  let gone = false;
  let wake: () => void = () => undefined;
  const emit: Emit<Value> = (value) =>
    new Promise((taken, refused) => {
      if (gone) refused(readerGone());
      else offered.push({ value, taken, refused });
      wake();
    });
  let ended: { readonly failure?: unknown } | undefined;
  const producing = produce(emit).then(
    () => (ended = {}),
    (failure: unknown) => (ended = { failure }),
  );
  void producing.then(() => {
    wake();
  });

  try {
    for (;;) {
      const [next] = offered;
      if (next !== undefined) {
        yield next.value;
        offered.shift();
        next.taken();
      } else if (ended === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
      } else {
        if ('failure' in ended) throw ended.failure;
        return undefined;
      }
    }
  } finally {
    gone = true;
    for (const { refused } of offered) refused(readerGone());
    await producing;
  }
};

const readerGone = () => new Error('whoever read this is gone');
