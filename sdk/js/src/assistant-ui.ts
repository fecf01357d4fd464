/** Heed for assistant-ui: its FeedbackAdapter. */
import type { Heed } from "./index.js";

/** As much of assistant-ui's message as is needed. */
export interface Message {
  id: string;
  metadata?: { custom?: Record<string, unknown> };
}

/** assistant-ui's FeedbackAdapter. */
export interface FeedbackAdapter {
  submit(feedback: { message: Message; type: "positive" | "negative" }): void;
}

/**
 * Sends the thumbs of assistant-ui to Heed. The response is the message's
 * metadata.custom.response_id, where your server put it, or else the message's id.
 */
export function heedFeedbackAdapter(heed: Heed, onError: (problem: unknown) => void = console.error): FeedbackAdapter {
  return {
    submit({ message, type }) {
      const response = message.metadata?.custom?.["response_id"];
      heed
        .feedback({ response_id: typeof response == "string" ? response : message.id, vote: type == "positive" ? "up" : "down" })
        .catch(onError);
    },
  };
}
