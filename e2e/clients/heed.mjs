// The heed that clients are tested against: HEED_URL, HEED_KEY and
// HEED_PUBLISHABLE_KEY say which.
export const { HEED_URL: url, HEED_KEY: secretKey, HEED_PUBLISHABLE_KEY: publicKey } = process.env;

// heed reads from the server.
export async function heed(path) {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${secretKey}` } });
  return answer.ok ? answer.json() : {};
}

// eventually reads until what is read is as wanted, for two minutes.
export async function eventually(path, wanted) {
  for (const deadline = Date.now() + 120_000; ; await new Promise((done) => setTimeout(done, 20))) {
    try {
      return wanted(await heed(path));
    } catch (problem) {
      if (Date.now() > deadline) throw problem;
    }
  }
}
