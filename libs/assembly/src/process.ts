import { configurationFile } from '@liandong/contracts/environment';

type Running = { readonly close: () => Promise<void> };

type Program = {
  readonly usage: string;
  /** The configuration file, if the command line names one; the environment may name it too. */
  readonly given: string | undefined;
  /** `undefined` if the command line asks for something there is not. */
  readonly start: ((file: string) => Promise<Running>) | undefined;
  readonly ends?: readonly (NodeJS.Signals | 'disconnect')[];
};

/**
 * A service as a process of its own: runs until it is told to end, closes and leaves with 0. What
 * keeps it from starting is said without a stack. Loads no framework: a witness is to be small.
 */
export const runService = async ({ usage, given, start, ends = ['SIGINT', 'SIGTERM'] }: Program) => {
  try {
    const file = configurationFile(given, process.env);
    if (start === undefined || file === undefined) {
      process.stderr.write(`${usage}\n`);
      process.exit(2);
    }
    let running: Running | undefined = undefined;
    // From the first moment: nobody else ends the first process of a container.
    for (const end of ends)
      process.once(end, () => {
        // Nothing was promised to anybody yet.
        if (running === undefined) process.exit(1);
        running.close().then(
          () => process.exit(0),
          () => process.exit(1),
        );
      });
    running = await start(file);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
};
