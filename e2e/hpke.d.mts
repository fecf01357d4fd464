export function open(privateKey: Buffer, info: string | Buffer, aad: string | Buffer, sealed: Buffer): Buffer;
