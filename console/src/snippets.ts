/** Lines to paste, with this server's address and a key that was just made. */

export interface Snippet {
  id: string;
  name: string;
  say: string;
  text: string;
  /** The kind of key in it. */
  needs?: "pk" | "sk";
  csp?: string;
}

export function snippets(url: string, publishable: string, secret: string): Snippet[] {
  return [
    {
      id: "html", name: "HTML", needs: "pk", say: "Thumbs under an answer, in any page of an allowed origin.",
      text: `<script src="${url}/widget/v1.js" data-key="${publishable}" defer></script>\n<heed-feedback response-id="ID_OF_THE_ANSWER"></heed-feedback>`,
      csp: `script-src ${url}; connect-src ${url}`,
    },
    {
      id: "react", name: "React", needs: "pk", say: "Thumbs of your own. npm install the folder sdk/js of Heed’s repository.",
      text: `import { createHeed } from "@heed-ai/heed";
import { useFeedback } from "@heed-ai/heed/react";

const heed = createHeed({ url: "${url}", key: "${publishable}" });

export function Thumbs({ responseId }) {
  const { vote, toggle } = useFeedback(heed, responseId);
  return (
    <>
      <button aria-pressed={vote === "up"} onClick={() => toggle("up")}>Good answer</button>
      <button aria-pressed={vote === "down"} onClick={() => toggle("down")}>Bad answer</button>
    </>
  );
}`,
    },
    {
      id: "next", name: "Next and AI SDK", needs: "pk", say: "The stream carries the provider’s id of each answer to the page, and the thumbs send it back.",
      text: `// app/api/chat/route.ts
import { convertToModelMessages, streamText } from "ai";
import { heedMetadata } from "@heed-ai/heed/ai-sdk";

export async function POST(request) {
  const { messages } = await request.json();
  const result = streamText({ model, messages: await convertToModelMessages(messages) });
  return result.toUIMessageStreamResponse({ messageMetadata: heedMetadata() });
}

// app/layout.tsx
<Script src="${url}/widget/v1.js" data-key="${publishable}" />

// in the page, under each answer: import { responseIdOf } from "@heed-ai/heed/ai-sdk";
<heed-feedback response-id={responseIdOf(message)} />`,
    },
    {
      id: "curl", name: "curl", needs: "sk", say: "A vote from a server or a shell.",
      text: `curl ${url}/v1/feedback \\\n  -H 'Authorization: Bearer ${secret}' \\\n  -d '{"response_id":"ID_OF_THE_ANSWER","vote":"down","tags":["incorrect"],"user":"u-42"}'`,
    },
    {
      id: "python", name: "Python", needs: "sk", say: "Standard library only; Python 3.9 and later. pip install the folder sdk/python of Heed’s repository.",
      text: `from heed import Heed, mint_token

heed = Heed("${url}", "${secret}")
heed.response("ID_OF_THE_ANSWER", model="gpt-5", duration_ms=1840, status="ok")
heed.feedback(response_id="ID_OF_THE_ANSWER", vote="down", tags=["incorrect"], user="u-42")

token = mint_token("${secret}", "ID_OF_THE_ANSWER", user="u-42")  # for the widget; no call is made`,
    },
    {
      id: "go", name: "Go", needs: "sk", say: "Standard library only, a module of its own: sdk/go.",
      text: `client := &heed.Client{URL: "${url}", Key: "${secret}"}
answer, err := client.Feedback(ctx, heed.Feedback{
	ResponseID: "ID_OF_THE_ANSWER", Vote: "down", Tags: []string{"incorrect"}, User: "u-42",
})`,
    },
  ];
}
