/** The demo's chat: a made-up model, with Heed's thumbs under its answers. */

/** What the server sends while it answers, a line each. */
type Line = { response_id: string; token: string } | { text: string } | { failed: string } | { ended: true };

/** What was said so far, which people may attach to their feedback. */
const said: { role: "user" | "assistant"; text: string }[] = [];

/** Who asks, as a product knows its people by their accounts: an id of this browser. */
const visitor: string = (localStorage.visitor ??= "v" + crypto.getRandomValues(new Uint32Array(4)).join("-"));

const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const messages = part("messages");
const form = part<HTMLFormElement>("ask");
const question = part<HTMLInputElement>("question");
const send = form.querySelector("button")!;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, text = "", className = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

/** Reads an answer line by line as it is written. */
async function* linesOf(answer: Response): AsyncGenerator<Line> {
  let rest = "";
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (rest + next.value).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}

async function ask(text: string) {
  send.disabled = true;
  said.push({ role: "user", text });
  let thumbs: Thumbs | undefined;
  messages.append(make("p", text, "question"));
  const answer = make("p", "", "answer");
  answer.ariaBusy = "true";
  messages.append(answer);
  try {
    const reply = await fetch("/demo/chat", { method: "POST", body: JSON.stringify({ question: text, visitor }) });
    if (!reply.ok) throw new Error((await reply.json()).detail);
    for await (const line of linesOf(reply)) {
      if ("response_id" in line) thumbs = rate(answer, line.response_id, line.token);
      else if ("text" in line) answer.textContent += line.text;
      else if ("failed" in line) {
        answer.textContent += line.failed;
        answer.classList.add("failed");
      }
      window.scrollTo({ top: document.body.scrollHeight });
    }
  } catch (problem) {
    answer.textContent = `The demo did not answer: ${(problem as Error).message || "is it still running?"}`;
    answer.classList.add("failed");
  }
  said.push({ role: "assistant", text: answer.textContent ?? "" });
  if (thumbs) thumbs.conversation = [...said];
  answer.ariaBusy = "false";
  send.disabled = false;
}

type Thumbs = HTMLElement & { conversation?: typeof said };

/** Puts the thumbs under an answer. */
function rate(answer: HTMLElement, response: string, token: string): Thumbs {
  const thumbs: Thumbs = document.createElement("heed-feedback");
  answer.id = "answer-" + response;
  thumbs.setAttribute("response-id", response);
  thumbs.setAttribute("token", token);
  thumbs.setAttribute("for", answer.id);
  answer.after(thumbs);
  return thumbs;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || send.disabled) return;
  question.value = "";
  ask(text);
});

export {};

for (const idea of (await (await fetch("/demo/ideas")).json()) as string[]) {
  const button = make("button", idea);
  button.onclick = () => send.disabled || ask(idea);
  part("ideas").append(button);
}
