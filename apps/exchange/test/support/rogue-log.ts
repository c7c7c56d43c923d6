import { ed25519Signer, sha256 } from '@liandong/adapters/crypto';
import { type BlockProofs, originOf, start } from '@liandong/application';
import { eventHash, fromHex, sourceOf, type TierCode } from '@liandong/kernel';
import {
  cosign,
  foldHashes,
  formatCheckpoint,
  formatNote,
  inclusionSpans,
  makeVKey,
  type SigningType,
  signNote,
} from '@liandong/ledger';
import { readFileSync } from 'node:fs';
import type { ProcessNetwork } from './network.ts';

/** The ledger of a tier, gone on with by somebody who has its key and those of its witnesses. */
export type RogueLog = {
  /** Enters the bytes; from then on they are proven like anything its tier says. */
  readonly add: (bytes: Uint8Array) => { readonly seq: number; readonly proofs: BlockProofs };
};

export const rogueLog = async (net: ProcessNetwork, tier: TierCode): Promise<RogueLog> => {
  const { network, epoch, keyFiles } = net.config(tier);
  const author = { network, tier, epoch };
  const source = sourceOf(author);
  const origin = originOf(author);
  const log = keyIn(origin, 'ed25519', keyFiles.log ?? '');
  const witnesses = net
    .witnesses()
    .filter(({ watches, uncounted }) => watches.includes(tier) && !uncounted.includes(tier))
    .map(({ name, keyFile }) => keyIn(name, 'cosignature', keyFile));
  const said = await net.access(tier).store.readAll(start, 100_000);
  const leaves = said.filter((each) => each.source === source).map(({ hash }) => fromHex(hash));

  return {
    add: (bytes) => {
      const seq = leaves.push(fromHex(eventHash(sha256, bytes))) - 1;
      const size = leaves.length;
      const text = formatCheckpoint({ origin, size, root: foldHashes(sha256, leaves) });
      const time = Math.floor(Date.now() / 1_000);
      const cosigned = witnesses.map(({ key, sign }) => cosign(key, sign, text, time));
      const head = formatNote({ text, signatures: [signNote(log.key, log.sign, text), ...cosigned] });
      const hashes = inclusionSpans(seq, size).map(({ from, to }) =>
        foldHashes(sha256, leaves.slice(from, to)),
      );
      return {
        seq,
        proofs: { heads: [head], hashes, entries: [{ head: 0, path: hashes.map((_, n) => n) }] },
      };
    },
  };
};

const keyIn = <Type extends SigningType>(name: string, type: Type, file: string) => {
  const { publicKey, sign } = ed25519Signer(readFileSync(file, 'utf8'));
  return { key: { ...makeVKey(sha256, name, type, publicKey), type }, sign };
};
