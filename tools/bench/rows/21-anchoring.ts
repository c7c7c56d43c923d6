import { sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { entryProver, type LedgerBook } from '@liandong/application';
import { emptyEdge, growEdge, hashBytes, rootOfEdge, tilePath, verifyInclusion } from '@liandong/ledger';
import { generateKeyPairSync, randomBytes, sign as signWith, verify } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../harness/arithmetic.ts';
import type { Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { benchAuthor, streamWriter } from '../support/events.ts';
import { openLedger } from '../support/ledger.ts';
import { until } from '../support/network.ts';
import { openOurs } from '../support/ours.ts';
import type { Bench } from '../harness/row.ts';

const perSecond = 25;

const headMissing = (): never => {
  throw new Error('no head over an event');
};

/** A counter, a keeper and a collector at work; `latencies` says how long events take that are due at a steady rate. */
const openLine = async (bench: Bench) => {
  const ours = await openOurs(bench.server, '430021');
  const pool = openPool(ours.exchangeUrl);
  const anchored: { readonly size: number; readonly at: number }[] = [];
  const ledger = await openLedger({
    ...{ author: benchAuthor, url: ours.exchangeUrl, pool, folder: bench.folder, keys: [ours.key] },
    store: postgresEventStore({ pool }),
    anchored: (size) => anchored.push({ size, at: performance.now() }),
  });
  const ending = new AbortController();
  const running = ledger.run(ending.signal);
  let size = 0;
  return {
    latencies: async (seconds: number) => {
      const events = perSecond * seconds;
      const recordedAt: number[] = [];
      const recording: number[] = [];
      const before = size;
      const began = performance.now();
      for (let n = 0; n < events; n++) {
        const due = began + (1000 * n) / perSecond;
        const early = due - performance.now();
        if (early > 0) await pause(early);
        const writer = streamWriter();
        await ours.append({ stream: writer.stream, seen: 0, events: [writer.next()] });
        recordedAt.push(performance.now());
        recording.push(performance.now() - due);
      }
      size += events;
      await ours.assertGrewBy(events);
      await until('everything is anchored', async () => (anchored.at(-1)?.size ?? 0) >= size);
      const waits = recordedAt.map((at, n) => {
        const head = anchored.find((each) => each.size > before + n) ?? headMissing();
        return Math.max(head.at - at, 0);
      });
      return { recording, waits };
    },
    close: async () => {
      ending.abort();
      await running;
      await pool.end();
      await ours.close();
    },
  };
};

/** A ledger in memory, large enough for three levels of tiles. */
const openProofs = (size: number) => {
  const leaves = Array.from({ length: size }, () => new Uint8Array(randomBytes(hashBytes)));
  const { edge, tiles } = growEdge(sha256, emptyEdge, leaves);
  const held = new Map(tiles.map(({ tile, bytes }) => [tilePath(tile), bytes]));
  const root = rootOfEdge(sha256, edge);
  const anchored = { size, root, note: new Uint8Array(), at: '' };
  const own = {
    book: {
      anchored: async () => anchored,
      entries: async () => [],
      tile: async (tile: Parameters<LedgerBook['tile']>[0]) => held.get(tilePath(tile)),
    },
  };
  return { leaves, root, prover: () => entryProver(sha256, own) };
};

export const anchoring: Row = {
  number: 21,
  title: {
    zh: '从记录到锚定；包含证明的时间与大小',
    en: 'recorded → anchored with four witnesses; an inclusion proof',
  },
  physics: ['fdatasync/s', 'Ed25519 verify/s'],
  differences: [
    `anchored: ${perSecond} events a second, each from when its append was answered until a head over it has the quorum of four witnesses and is stored; heads are signed at most every 200 ms, the witnesses keep files of their own with fsync, and no network lies between`,
    'beside it stands what recording itself took, from when it was due',
    'an inclusion proof: made by itself out of cold tiles, and verified; beside it one Ed25519 verification',
  ],
  run: async (bench) => {
    const size = bench.full ? 1_000_000 : 70_000;
    const proofs = openProofs(size);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const message = randomBytes(100);
    const signature = signWith(null, message, privateKey);
    const many = 200;
    let bytes = 0;
    const line = await openLine(bench);
    const anchoredCell: Cell = {
      name: 'ledger',
      measure: async () => {
        const { recording, waits } = await line.latencies(bench.full ? 10 : 1);
        return {
          p50: quantile(waits, 0.5),
          p99: quantile(waits, 0.99),
          recorded50: quantile(recording, 0.5),
          recorded99: quantile(recording, 0.99),
        };
      },
    };
    const proofCell: Cell = {
      name: 'proof',
      measure: async () => {
        const seqs = Array.from({ length: many }, (_, n) => Math.floor(((n + Math.random()) * size) / many));
        let made = 0;
        let checked = 0;
        for (const seq of seqs) {
          const began = performance.now();
          const [{ proof } = { proof: undefined }] = await proofs.prover()([seq]);
          const between = performance.now();
          const leaf = proofs.leaves[seq];
          if (proof === undefined || leaf === undefined) throw new Error(`no proof of ${seq}`);
          const claim = { leaf, index: seq, size, root: proofs.root, proof: proof.path };
          if (!verifyInclusion(sha256, claim).ok) throw new Error(`the proof of ${seq} does not verify`);
          checked += performance.now() - between;
          made += between - began;
          bytes = Math.max(bytes, proof.path.length * hashBytes);
        }
        return { making: (1000 * made) / many, verifying: (1000 * checked) / many };
      },
    };
    const signatureCell: Cell = {
      name: 'signature',
      measure: async () => {
        const began = performance.now();
        for (let n = 0; n < many; n++)
          if (!verify(null, message, publicKey, signature)) throw new Error('a signature does not verify');
        return { verifying: (1000 * (performance.now() - began)) / many };
      },
    };
    try {
      const rounds = await bench.play([anchoredCell, proofCell, signatureCell]);
      const compare = (
        label: string,
        ours: [string, string],
        rival: [string, string],
        unit: string,
      ): Comparison => ({
        ...{ label, rounds, unit, better: 'less' },
        ours: { cell: ours[0], figure: ours[1] },
        rival: { cell: rival[0], figure: rival[1] },
      });
      return {
        comparisons: [
          compare(
            '锚定对记录 anchored beside recorded, p50',
            ['ledger', 'p50'],
            ['ledger', 'recorded50'],
            'ms',
          ),
          compare(
            '锚定对记录 anchored beside recorded, p99',
            ['ledger', 'p99'],
            ['ledger', 'recorded99'],
            'ms',
          ),
          compare('生成证明 making a proof', ['proof', 'making'], ['signature', 'verifying'], 'µs'),
          compare('核验证明 verifying a proof', ['proof', 'verifying'], ['signature', 'verifying'], 'µs'),
        ],
        notes: [`a proof under a head of ${size.toLocaleString('en-US')} events has at most ${bytes} bytes`],
      };
    } finally {
      await line.close();
    }
  },
};
