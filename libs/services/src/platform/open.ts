import { SetMetadata } from '@nestjs/common';

export const OPEN = 'liandong:open';

/** Marks a handler, or all of a controller's, that anyone may call. Every other one needs a caller. */
export const Open = () => SetMetadata(OPEN, true);
