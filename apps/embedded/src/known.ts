/** The case as one tier knows it. */
export type Known = {
  readonly revision: number;
  readonly registered: number;
  readonly digest: string;
  readonly status: string;
};

export const isOneRegister = ([first, ...others]: readonly Known[]): boolean =>
  first !== undefined &&
  first.registered === first.revision &&
  others.every(
    ({ revision, registered, digest }) =>
      revision === first.revision && registered === first.registered && digest === first.digest,
  );
