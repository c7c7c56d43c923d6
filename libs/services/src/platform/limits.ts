/** The largest request any door takes; a request of ours is a few kilobytes. */
export const bodyLimit = 256 * 1024;
