import { ed25519Signer, newPrivateKey, nodeSuite } from '@liandong/adapters/crypto';
import {
  type AnchoredLedgerHead,
  type SealCheck,
  bell,
  type EventStore,
  type LedgerEntry,
  originOf,
  type OwnLedger,
  type Recorded,
} from '@liandong/application';
import { type Author, fromHex, sourceOf } from '@liandong/kernel';
import {
  type Component,
  cosign,
  emptyEdge,
  formatCheckpoint,
  formatNote,
  growEdge,
  type Hash,
  makeVKey,
  type Policy,
  rootOfEdge,
  signNote,
  type TileEdge,
  tilePath,
} from '@liandong/ledger';

const suite = nodeSuite();
const witnessedAt = 1_780_000_000;

const newKey = <Type extends 'ed25519' | 'cosignature'>(name: string, type: Type) => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  return { key: { ...makeVKey(suite.sha256, name, type, publicKey), type }, sign };
};

/** A tier's ledger in memory, with four witnesses of which three make a quorum. */
export type AnchoredLog = {
  readonly origin: string;
  readonly policy: Policy;
  readonly own: OwnLedger;
  /**
   * Takes what the store shows, as far as it is sealed by a service that may write it, until the
   * signal aborts, and anchors it at once unless told to hold.
   */
  readonly follow: (
    store: EventStore,
    sealCheck: Pick<SealCheck, 'check'>,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Too few witnesses answer: what is recorded from now on waits. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Somebody else keeps it: from now on it takes whatever the store shows. */
  readonly takeAnything: () => void;
  readonly size: () => number;
  /** Any head under the log's own key, cosigned by so many of its witnesses: what a thief of the key shows. */
  readonly sign: (size: number, root: Hash, cosignatures?: number) => Uint8Array;
};

export const anchoredLog = (author: Author): AnchoredLog => {
  const source = sourceOf(author);
  const origin = originOf(author);
  const log = newKey(origin, 'ed25519');
  const witnesses = ['superior', 'audit', 'archive', 'authority'].map((name) =>
    newKey(`${name}.witness.example`, 'cosignature'),
  );
  const members = witnesses.map(({ key }): Component & { kind: 'witness' } => ({
    kind: 'witness',
    name: key.name,
    key,
  }));
  const policy: Policy = {
    logs: [{ key: log.key }],
    witnesses: members,
    quorum: { kind: 'group', name: 'quorum', threshold: 3, members },
  };

  const entries: LedgerEntry[] = [];
  const tiles = new Map<string, Uint8Array>();
  const grown = bell();
  let edge: TileEdge = emptyEdge;
  let anchored: AnchoredLedgerHead | undefined;
  let held = false;
  let careless = false;
  let due = false;

  const sign: AnchoredLog['sign'] = (size, root, cosignatures = 3) => {
    const text = formatCheckpoint({ origin, size, root });
    const cosigned = witnesses
      .slice(0, cosignatures)
      .map((witness) => cosign(witness.key, witness.sign, text, witnessedAt));
    return formatNote({ text, signatures: [signNote(log.key, log.sign, text), ...cosigned] });
  };

  const anchor = () => {
    due = false;
    if (held || edge.size === (anchored?.size ?? 0)) return;
    const root = rootOfEdge(suite.sha256, edge);
    anchored = { size: edge.size, root, note: sign(edge.size, root), at: '2026-03-02T01:00:00.000Z' };
    grown.ring();
  };

  const take = (records: readonly Recorded[]) => {
    const known = entries.at(-1)?.position ?? 0n;
    const fresh = records.filter((record) => record.source === source && record.position > known);
    const added = growEdge(
      suite.sha256,
      edge,
      fresh.map(({ hash }) => fromHex(hash)),
    );
    for (const { tile, bytes } of added.tiles) tiles.set(tilePath(tile), bytes);
    for (const { position, hash } of fresh) entries.push({ seq: entries.length, position, hash });
    edge = added.edge;
    // One head for all that comes in one turn, as a keeper's batch has.
    if (!due) setImmediate(anchor);
    due = true;
  };

  return {
    origin,
    policy,
    own: {
      book: {
        anchored: async () => anchored,
        entries: async (from, to) => entries.slice(from, to),
        tile: async (tile) => tiles.get(tilePath(tile)),
      },
      grown,
    },
    follow: async (store, sealCheck, signal) => {
      for await (const records of store.follow(entries.at(-1)?.position ?? (0n as never), {
        limit: 500,
        signal,
      })) {
        const seals = await store.seals(records);
        take(
          records.filter((record, n) => {
            const seal = seals[n];
            return careless || (seal !== undefined && sealCheck.check({ ...record, seal }).ok);
          }),
        );
      }
    },
    hold: () => void (held = true),
    release: () => {
      held = false;
      anchor();
    },
    takeAnything: () => void (careless = true),
    size: () => edge.size,
    sign,
  };
};
