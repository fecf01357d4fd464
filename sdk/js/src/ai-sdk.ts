/** Heed for the Vercel AI SDK: carries the response's id, and a token to rate it, to the page. */
import { mintToken } from "./token.js";

/** What a message's metadata holds for Heed. */
export interface HeedMetadata {
  heed: { response_id: string; token?: string };
}

/** One part of a stream, as far as it matters here: its type, and the id that the provider gave the response. */
interface StreamPart {
  type: string;
  response?: { id?: string };
}

/**
 * Makes the messageMetadata of toUIMessageStreamResponse(), which carries the
 * response's id to the page. Tried with version 6. A stream waits for nobody,
 * so the token is made by tokenFor, where the page asks for it.
 */
export function heedMetadata(): (options: { part: StreamPart }) => HeedMetadata | undefined {
  return ({ part }) => {
    const id = part.response?.id; // of "finish-step"; the last step is the answer
    return id ? { heed: { response_id: id } } : undefined;
  };
}

/** The response id that a message carries, if any. */
export function responseIdOf(message: { id: string; metadata?: unknown }): string {
  return (message.metadata as Partial<HeedMetadata> | undefined)?.heed?.response_id ?? message.id;
}

/** Makes the token for a message's response, on your server. */
export function tokenFor(secretKey: string, message: { id: string; metadata?: unknown }, user?: string): Promise<string> {
  return mintToken(secretKey, { responseId: responseIdOf(message), ...(user ? { user } : {}) });
}
