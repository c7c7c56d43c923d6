import { mayHold } from '@liandong/domain/privacy';
import { type Disclosure, disclosureDigest, type TierCode } from '@liandong/kernel';
import type { ExchangeDeps } from '../exchange/deps.ts';
import { instant } from '../ports/clock.ts';
import type { Disclosures } from '../ports/disclosures.ts';
import type { LetterCipher } from '../ports/letter-cipher.ts';
import type { Letter, LetterOutcome, LetterReceipt } from '../ports/link-transport.ts';
import type { FactOf } from '../cases/case-book.ts';
import { partsIn } from './case-parts.ts';
import { type LetterCase, readLetter } from './letter.ts';
import { letterReceipt } from './letter-receipt.ts';
import { readCase, withheldBy } from './owed.ts';

export type TakeLetterDeps = Pick<
  ExchangeDeps,
  'self' | 'store' | 'book' | 'sha256' | 'clock' | 'sign' | 'verify'
> & {
  readonly cipher: LetterCipher;
  readonly disclosures: Pick<Disclosures, 'hold'>;
  readonly factOf: FactOf;
};

/** Takes in a letter that came over the link to `peer`. No receipt is due for one that nobody here can read. */
export type TakeLetter = (peer: TierCode, letter: Letter) => Promise<LetterReceipt | undefined>;

/** Complaints that are not repeated while this process runs: an author tries again until it is answered. */
const complaintsKept = 1_000;

/**
 * Holds what a letter discloses, once it is certain that its author wrote it, that it is
 * what an event of that author withheld, and that this tier may hold it. Whatever is not so
 * is an incident. An event that is not here yet is none: the author asks again.
 */
export const letterTaker = (deps: TakeLetterDeps): TakeLetter => {
  const { self, book, sha256, clock, verify, cipher, disclosures } = deps;
  const complained = new Set<string>();

  const complain = async (peer: TierCode, { feed }: Letter, code: string, detail: string) => {
    const key = `${feed.author} ${code} ${detail}`;
    if (complained.has(key)) return;
    if (complained.size >= complaintsKept) complained.clear();
    complained.add(key);
    // Never with the letter's text: an incident is kept, and what it says of persons could not be erased.
    await book.report({ code, peer, feed, detail, at: instant(clock.now()) });
  };

  type Judged = { readonly disclosure: Disclosure; readonly code: LetterOutcome | `disclosure-${string}` };

  const judge = async (author: TierCode, one: LetterCase): Promise<readonly Judged[]> => {
    const file = await readCase(deps, one.stream);
    const here = new Set(file.events.map(({ hash }) => hash));
    const withheld = withheldBy(file, { network: self.network, tier: author });
    const authors = new Set(withheld.values());
    const parts = partsIn(file);
    const upToDate = one.heads.every((hash) => here.has(hash));
    return one.fields.map(({ event, salt, name, value }): Judged => {
      const disclosure = { salt, name, value, digest: disclosureDigest(sha256, { salt, name, value }) };
      if (!here.has(event)) return { disclosure, code: 'not-yet' };
      if (withheld.get(disclosure.digest) !== event)
        return { disclosure, code: authors.has(event) ? 'disclosure-differs' : 'disclosure-of-another' };
      if (mayHold(name, self.tier, parts)) return { disclosure, code: 'held' };
      return { disclosure, code: upToDate ? 'disclosure-not-entitled' : 'not-yet' };
    });
  };

  return async (peer, letter) => {
    const { author } = letter.feed;
    const text = await cipher.open(letter.jwe);
    const content = text && readLetter(verify, { network: self.network, ...letter.feed }, text);
    if (content === undefined) {
      const code = text === undefined ? 'letter-unreadable' : 'letter-forged';
      await complain(peer, letter, code, `a letter in the name of ${author}`);
      return undefined;
    }
    const judged = (await Promise.all(content.cases.map((one) => judge(author, one)))).flat();
    const { tombstoned } = await disclosures.hold(
      judged.filter(({ code }) => code === 'held').map(({ disclosure }) => disclosure),
    );
    const erased = new Set(tombstoned);
    const outcomes: { digest: string; code: LetterOutcome }[] = [];
    for (const { disclosure, code } of judged) {
      const { digest } = disclosure;
      if (code === 'held' || code === 'not-yet')
        outcomes.push({ digest, code: code === 'held' && erased.has(digest) ? 'erased' : code });
      else {
        await complain(peer, letter, code, `the field ${digest} of ${author}`);
        outcomes.push({ digest, code: 'refused' });
      }
    }
    return letterReceipt(deps, { feed: letter.feed, outcomes });
  };
};
