import { createPublicKey, createPrivateKey, sign } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * As much of an SSH agent as a program needs that keeps its Ed25519 key in one: it lists
 * the key and signs with it (draft-ietf-sshm-ssh-agent).
 */
export const sshAgent = (privateKeyPem: string): { readonly server: Server; readonly publicKey: Buffer } => {
  const key = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' }).subarray(-32);
  const blob = Buffer.concat([string('ssh-ed25519'), string(publicKey)]);
  const answer = (request: Buffer): Buffer => {
    if (request[0] === listKeys)
      return Buffer.concat([Buffer.of(keys), uint32(1), string(blob), string('witness')]);
    if (request[0] !== signRequest) return Buffer.of(failure);
    const data = read(request, 1 + 4 + blob.length);
    const signature = Buffer.concat([string('ssh-ed25519'), string(sign(null, data, key))]);
    return Buffer.concat([Buffer.of(signed), string(signature)]);
  };
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (part) => {
      received = Buffer.concat([received, part]);
      while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        const request = read(received, 0);
        received = received.subarray(4 + request.length);
        socket.write(string(answer(request)));
      }
    });
  });
  return { server, publicKey };
};

const [failure, listKeys, keys, signRequest, signed] = [5, 11, 12, 13, 14] as const;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const string = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value as Uint8Array);
  return Buffer.concat([uint32(bytes.length), bytes]);
};
const read = (bytes: Buffer, at: number): Buffer => bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at));
