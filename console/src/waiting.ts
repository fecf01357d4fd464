/** How much of the inbox waits. */
import { useEffect } from "preact/hooks";
import { forget, may, useAsk, within } from "./ask";
import type { InboxCount } from "./shapes/inbox";

/** How much waits, for whoever may see it. It is asked anew every half minute. */
export function useInboxCount(): InboxCount | undefined {
  const path = may("items") ? within("/v1/inbox/count") : null;
  useEffect(() => {
    if (!path) return;
    const timer = setInterval(() => forget("/v1/inbox/count"), 30_000);
    return () => clearInterval(timer);
  }, [path]);
  return useAsk<InboxCount>(path).data;
}
