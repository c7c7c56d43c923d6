import { linkBookContract, linkBookSelf } from '@liandong/testing';
import { memoryLinkBook } from './link-book.ts';

linkBookContract('memory', async () => ({ book: memoryLinkBook(linkBookSelf), close: async () => {} }));
