/** Every caller does its jobs one after the other, all callers at once. Gives the seconds it took. */
export const closedLoop = async <Job>(
  callers: readonly (readonly Job[])[],
  work: (job: Job, caller: number) => Promise<void>,
): Promise<number> => {
  const began = performance.now();
  await Promise.all(
    callers.map(async (jobs, caller) => {
      for (const job of jobs) await work(job, caller);
    }),
  );
  return (performance.now() - began) / 1000;
};
