/** Feedback in React: a hook for buttons of your own. */
import { useCallback, useState } from "react";
import type { Feedback, FeedbackState, Heed } from "./index.js";

/** What a component shows and does about one response. */
export interface FeedbackHook {
  vote: "up" | "down" | "none";
  state: FeedbackState | undefined;
  pending: boolean;
  error: Error | undefined;
  /** Votes, and with the same vote again takes everything back. */
  toggle(vote: "up" | "down"): Promise<void>;
  /** Adds to the feedback: tags, comment, correction. */
  say(more: Omit<Feedback, "response_id" | "vote">): Promise<void>;
}

/** Feedback on one response. The vote shows at once, and goes back if Heed refuses it. */
export function useFeedback(heed: Heed, responseId: string, id?: string): FeedbackHook {
  const [vote, setVote] = useState<"up" | "down" | "none">("none");
  const [state, setState] = useState<FeedbackState>();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();

  const send = useCallback(
    async (change: Feedback) => {
      setPending(true);
      setError(undefined);
      try {
        const next = await heed.feedback({ id: id ?? state?.id, response_id: responseId, ...change });
        setState(next);
        setVote(next.vote);
      } catch (problem) {
        setError(problem as Error);
        setVote(state?.vote ?? "none");
      } finally {
        setPending(false);
      }
    },
    [heed, responseId, id, state],
  );
  const toggle = useCallback(
    (wanted: "up" | "down") => {
      const taken = wanted == vote;
      setVote(taken ? "none" : wanted);
      return send(taken ? { vote: "none", tags: null, comment: null, correction: null } : { vote: wanted, tags: null });
    },
    [send, vote],
  );
  return { vote, state, pending, error, toggle, say: send };
}
