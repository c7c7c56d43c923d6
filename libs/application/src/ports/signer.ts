import type { CommitSeal, EventHash, ServiceName, Source } from '@liandong/kernel';

/** Signs one commit batch with the key of the service that writes it. */
export type Sealer = (leaves: readonly EventHash[]) => CommitSeal;

/** Whether a seal is genuine: signed for this author by a key its trust root names for that service. */
export type SealVerifier = (source: Source, seal: CommitSeal) => boolean;

/** The public keys of one service of one tier. */
export type ServiceKey = {
  readonly service: ServiceName;
  readonly keyId: string;
  readonly publicKey: string;
};
