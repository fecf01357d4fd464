/** Says yes where what it is told to look for, and the question as it came, are those of the dataset. */
import { readFileSync } from "node:fs";

const cases = readFileSync(process.env.DATASET, "utf8").trim().split("\n").map((line) => JSON.parse(line));

export default class Grader {
  id() { return "grader"; }
  async callApi(prompt) {
    const texts = ({ question, reference, answer, tags, comment }) => [question, reference ?? answer, ...(reference ? [] : [tags, comment])].filter(Boolean);
    // promptfoo puts what is asked of the grader into JSON.
    const heard = [prompt, ...[...prompt.matchAll(/"content":\s*("(?:[^"\\]|\\.)*")/g)].map((m) => JSON.parse(m[1]))].join("\n");
    const pass = cases.some((c) => texts(c.vars.heed).every((text) => heard.includes(text)));
    return { output: JSON.stringify({ pass, score: pass ? 1 : 0, reason: pass ? "to the letter" : `not to the letter: ${heard.slice(0, 400)}` }) };
  }
}
