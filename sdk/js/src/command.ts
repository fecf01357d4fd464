/** The chat commands of Heed, read as the server reads them. */

/** A message that speaks to Heed. */
export interface Command {
  /**
   * "rate" votes; "why" gives a reason and leaves the vote; "list" asks for the
   * numbered tags; "fix" says what the answer should have been; "undo" takes
   * everything back; "explain" wants "Why?" asked of the model; "literal" is
   * `text` for the model.
   */
  kind: "rate" | "why" | "list" | "fix" | "undo" | "explain" | "literal";
  /** Of "rate". */
  vote?: "up" | "down";
  /** Which answer it is about: 1 is the last, 2 the one before it. */
  answer: number;
  /** Without #, at most 17: one more than a feedback may have. */
  tags: string[];
  /** Numbers of the tags that were listed, from 1. */
  picks: number[];
  /** The reason, the correction, or what the model is to get. */
  text: string;
}

const maxTags = 16;
// What is not Unicode's White_Space; \s has the byte order mark besides, and lacks U+0085.
const words = /[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const tag = /^#(\p{L}[\p{L}\p{M}\p{N}_-]*)(?![\p{L}\p{M}\p{N}_-])(?=$|[.,;:!?)]|[^\0-\x7f])/u;

/** A word of a text, and where it begins. */
type Word = [text: string, at: number];

function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(words), (match): Word => [match[0], match.index]);
}

function tagIn(word: Word): string {
  const name = tag.exec(word[0])?.[1] ?? "";
  return new TextEncoder().encode(name).length > 64 ? "" : name;
}

function isTag(word: Word): boolean {
  return word[0].length > 1 && tagIn(word).length + 1 == word[0].length;
}

function answerIn(word: Word): number {
  return Number(/^@([1-9][0-9]?)$/.exec(word[0])?.[1] ?? 0);
}

function add<T>(list: T[], value: T): void {
  if (!list.includes(value)) list.push(value);
}

function readTags(command: Command, from: Word[]): void {
  for (const word of from) {
    const name = tagIn(word).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    if (name && command.tags.length <= maxTags) add(command.tags, name);
  }
}

/** The part of a text from one of its words to before another. */
function part(text: string, from: Word[], front: number, back: number): string {
  const last = from[back - 1];
  return front < back && last ? text.slice(from[front]![1], last[1] + last[0].length) : "";
}

/** Takes tags and one @n off both ends; a tag in the middle counts, and stays. */
function read(command: Command, text: string, from: Word[]): void {
  let [front, back, answered] = [0, from.length, false];
  const mark = (word: Word) => {
    const answer = answered ? 0 : answerIn(word);
    if (answer) [command.answer, answered] = [answer, true];
    return answer > 0 || isTag(word);
  };
  while (front < back && mark(from[front]!)) front++;
  while (front < back && mark(from[back - 1]!)) back--;
  readTags(command, from);
  command.text = part(text, from, front, back);
}

/** Reads a correction, which may be code: tags stand at its end, @n at its beginning. */
function readCorrection(command: Command, text: string, from: Word[]): void {
  let [front, back] = [0, from.length];
  if (from[0] && answerIn(from[0])) [command.answer, front] = [answerIn(from[0]), 1];
  while (front < back && isTag(from[back - 1]!)) back--;
  readTags(command, from.slice(back));
  command.text = part(text, from, front, back);
}

/** Takes numbers of listed tags off the front. */
function pick(command: Command, from: Word[], offered: number): Word[] {
  const picks: number[] = [];
  let front = 0;
  for (; offered > 0 && front < from.length; front++) {
    const word = from[front]![0];
    if (!/^[0-9]+(,[0-9]+)*,?$/.test(word)) break;
    for (const digits of word.split(",").filter(Boolean)) {
      if (!/^[1-9][0-9]?$/.test(digits) || Number(digits) > offered) return from;
      add(picks, Number(digits));
    }
  }
  command.picks = picks;
  return from.slice(front);
}

function unescape(text: string, first: string, all: Word[]): string | undefined {
  const after = first.replace(/^\/+/, "");
  if (first.length - after.length < 2) return undefined;
  const rest = text.slice(all[0]![1] + first.length);
  return after.startsWith("+") || parseCommand("/" + after + rest) ? text.replace("/", "") : undefined;
}

/**
 * Reads a message of a chat: what it asks of Heed, or undefined, and then it is
 * the model's. offered is how many numbered tags the line right before it
 * listed; only then do numbers pick tags.
 */
export function parseCommand(text: string, offered = 0): Command | undefined {
  const command: Command = { kind: "why", answer: 1, tags: [], picks: [], text: "" };
  const all = wordsOf(text);
  const word = all[0]?.[0] ?? "";
  const rest = all.slice(1);
  const literal = unescape(text, word, all);
  if (literal != undefined) return { ...command, kind: "literal", text: literal };
  const says = () => command.text != "" || command.tags.length + command.picks.length > 0;
  switch (word) {
    case "/+":
    case "/-":
      read(command, text, rest);
      return { ...command, kind: "rate", vote: word == "/+" ? "up" : "down" };
    case "/-why":
      read(command, text, pick(command, rest, offered));
      return says() ? { ...command, kind: "rate", vote: "down" } : undefined;
    case "/+why":
      read(command, text, pick(command, rest, offered));
      return says() ? command : { ...command, kind: "list" };
    case "/+fix":
      readCorrection(command, text, rest);
      return command.text ? { ...command, kind: "fix" } : undefined;
    case "/+undo":
      read(command, text, rest);
      return says() ? undefined : { ...command, kind: "undo" };
    case "/why":
      return rest.length ? undefined : { ...command, kind: "explain" };
  }
  const picked = pick(command, all, offered);
  if (command.picks.length == 0) return undefined;
  read(command, text, picked);
  return command;
}
