/**
 * An identity provider on a free port of this machine. It says its address on a line, and ready after each line of JSON that it
 * reads: {redirect, people, codeSeconds}. Whoever is among the people signs in with their name and any password.
 */
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

let answer = (request, response) => response.writeHead(503).end();
let people = {};
let known = "";
const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
  createInterface(process.stdin).on("line", (line) => {
    const told = JSON.parse(line);
    people = told.people;
    const what = JSON.stringify([told.redirect, told.codeSeconds]);
    if (what !== known) answer = provider(issuer, told).callback();
    known = what;
    console.log("ready");
  });
});

function provider(issuer, { redirect, codeSeconds }) {
  const made = new Provider(issuer, {
    clients: [{ client_id: "heed", client_secret: "of heed", redirect_uris: [redirect], token_endpoint_auth_method: "client_secret_basic" }],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    pkce: { required: () => true },
    ttl: { AuthorizationCode: codeSeconds },
    findAccount: (_, id) => id in people ? { accountId: id, claims: () => ({ sub: id, ...people[id] }) } : undefined,
    async loadExistingGrant({ oidc }) { // nobody is asked whether Heed may know who they are
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email groups");
      await grant.save();
      return grant;
    },
  });
  return made;
}
