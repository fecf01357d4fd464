/** The demo's chat, on the left, and what Heed stored of it, on the right. */

/** What the server sends while it answers, a line each. */
type Line = { response_id: string; token: string } | { text: string } | { failed: string } | { ended: true };

/** What Heed holds of one answer; see GET /v1/responses/{response_id}. */
interface Stored {
  response: { model: string; status: string; error_type?: string; duration_ms?: number; ttft_ms?: number } | null;
  feedback: { vote: string; tags: string[]; comment: string | null; correction: string | null; respondent?: string; updated_at: string }[];
}

const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const messages = part("messages");
const form = part<HTMLFormElement>("ask");
const question = part<HTMLInputElement>("question");
const send = form.querySelector("button")!;
const list = part("stored");

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
  messages.append(make("p", text, "question"));
  const answer = make("p", "", "answer");
  answer.ariaBusy = "true";
  messages.append(answer);
  try {
    const reply = await fetch("/demo/chat", { method: "POST", body: JSON.stringify({ question: text }) });
    if (!reply.ok) throw new Error((await reply.json()).detail);
    for await (const line of linesOf(reply)) {
      if ("response_id" in line) rate(answer, line.response_id, line.token);
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
  answer.ariaBusy = "false";
  send.disabled = false;
}

/** Puts the thumbs under an answer, and watches what becomes of the clicks. */
function rate(answer: HTMLElement, response: string, token: string) {
  const thumbs = document.createElement("heed-feedback");
  answer.id = "answer-" + response;
  thumbs.setAttribute("response-id", response);
  thumbs.setAttribute("token", token);
  thumbs.setAttribute("for", answer.id);
  let clicked = 0;
  thumbs.addEventListener("click", () => (clicked = performance.now()), { capture: true });
  thumbs.addEventListener("heed", () => show(token, response, clicked));
  answer.after(thumbs);
}

const signs: Record<string, [name: string, className: string]> = {
  up: ["Good answer", "up"],
  down: ["Bad answer", "down"],
  none: ["Taken back", ""],
};

/** Asks Heed what it holds of the answer, until the last change is visible. */
async function show(token: string, id: string, clicked: number) {
  for (let tries = 0; tries < 20; tries++) {
    const reply = await fetch("/demo/stored", { headers: { Authorization: "Bearer " + token } });
    const stored: Stored = reply.ok ? await reply.json() : { response: null, feedback: [] };
    const feedback = stored.feedback[0];
    if (feedback && list.dataset.last != feedback.updated_at) {
      list.dataset.last = feedback.updated_at;
      part("nothing").hidden = true;
      list.prepend(entry(stored, id, performance.now() - clicked));
      return;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function entry({ response, feedback: [feedback] }: Stored, id: string, took: number): HTMLElement {
  const item = make("li");
  const [name, className] = signs[feedback!.vote]!;
  item.append(make("b", name, className), " ", make("time", `visible ${Math.round(took)} ms after the click`));
  if (feedback!.comment) item.append(make("blockquote", feedback!.comment));
  const facts = make("dl");
  const fact = (term: string, value: string | undefined) => value && facts.append(make("dt", term), make("dd", value));
  fact("response_id", id);
  fact("tags", feedback!.tags.join(", "));
  fact("correction", feedback!.correction ?? undefined);
  fact("person", feedback!.respondent ?? "nobody named");
  fact("model", response?.model);
  fact("status", response ? (response.error_type ?? response.status) : "not arrived yet");
  fact("first token", response?.ttft_ms !== undefined ? `${Math.round(response.ttft_ms)} ms` : undefined);
  fact("duration", response?.duration_ms !== undefined ? `${Math.round(response.duration_ms)} ms` : undefined);
  item.append(facts);
  return item;
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
