/** Answers with what it was asked. */
export default class Echo {
  id() { return "echo"; }
  async callApi(prompt) { return { output: prompt }; }
}
