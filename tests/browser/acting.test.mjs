// What people do with a request after its filing: changing its answers, adding a file; and what the page says while another server
// is asked. Looked at on a phone and a desktop, and done without JavaScript too.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { AGENT, counterWithAgent, go, launch, look, paper, password, signIn, tab } from "./support.mjs";

const ADA = "ada@exemple.fr", both = ["_submitter", "_receiver"];
const workflow = (port) => ({
  kind: "workflow", slug: "circuit", name: "Circuit", functions: [{ id: "_receiver", name: "Agents" }],
  statuses: [
    { id: "recu", name: "Reçu", actions: [
      { id: "1", type: "editable", label: "Corriger ma demande", by: both, operation_mode: "full" },
      { id: "2", type: "addattachment", title: "Courrier", by: both, varname: "courrier", button_label: "Joindre le courrier" },
      { id: "3", type: "choice", label: "Transmettre", by: ["_receiver"], status: "transmis" }] },
    { id: "transmis", name: "Transmis", actions: [
      { id: "1", type: "webservice_call", url: `http://127.0.0.1:${port}/`, method: "POST", post: "False", varname: "appel" },
      { id: "2", type: "choice", label: "Clore", by: ["_receiver"], status: "clos" }] },
    { id: "clos", name: "Clos", forced_endpoint: true, actions: [] }],
});
const form = { kind: "form", slug: "carte", name: "Carte", workflow: "circuit", confirmation: false, functions: { _receiver: "accueil" },
  fields: [{ id: "1", type: "string", label: "Votre nom", varname: "nom" }, { id: "3", type: "file", label: "Plan", required: "optional" }, { id: "2", type: "date", label: "Jour" }] };

const waiting = [];
let browser, counter, server;

before(async () => {
  server = createServer((request, response) => waiting.push(response));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  const site = { slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "accueil", name: "Accueil" }],
    settings: { outgoing: { allow: [`127.0.0.1:${port}`] } } };
  counter = await counterWithAgent("sqlite", site, form, workflow(port));
  counter.cli("user", "create", "--email", ADA, "--name", "Ada Durand", "--password", password);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter?.stop();
  server.close();
});

/** Files one; its page. */
const begin = async (options = {}) => {
  const page = await tab(browser, options);
  await signIn(page, counter, "ville", ADA);
  await page.goto(counter.url("ville", "/demarches/carte/1/"));
  await page.fill("#f1", "Durand");
  for (const [id, value] of [["f2", "3"], ["f2-mois", "2"], ["f2-annee", "2030"]]) await page.fill(`#${id}`, value);
  await go(page, "Envoyer ma demande");
  const code = (await page.innerText("p.code")).replaceAll("-", "");
  await page.goto(counter.url("ville", `/mon-compte/demandes/${code}/`));
  return { page, code };
};

for (const javaScriptEnabled of [true, false])
  test(`answers are corrected and a file is added ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const { page } = await begin({ javaScriptEnabled });
    const seen = (name) => (javaScriptEnabled ? look(page, `acting-${name}`) : undefined);
    await seen("request");
    await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "Corriger ma demande" }).click()]);
    await seen("edit");
    const name = page.getByLabel("Votre nom");
    await name.fill("");
    await page.locator("main form.fields button[type=submit]:visible").last().click();
    await page.locator("#erreurs").waitFor();
    await page.getByLabel("Année").fill("2031"); // what is looked at meanwhile takes no mistake away
    await page.locator("form[data-asking]").waitFor({ state: "detached" });
    assert.equal(await page.locator("p.error").count(), 1);
    await seen("edit-errors");
    await name.fill("Martin");
    await page.getByLabel("Plan").setInputFiles(paper); // goes with the page: nothing is kept before it is sent
    assert.match(page.url(), /modifier/);
    await Promise.all([page.waitForNavigation(), page.locator("main form.fields button[type=submit]:visible").last().click()]);
    assert.match(await page.innerText("main"), /Martin/);
    await page.getByLabel("Courrier").setInputFiles(paper);
    await go(page, "Joindre le courrier");
    assert.match(await page.innerText("main"), /piece\.pdf/);
    await seen("added");
    await page.context().close();
  });

test("a page says that another server is asked, and what came of it", async () => {
  const { page, code } = await begin();
  const agent = await tab(browser);
  await signIn(agent, counter, "ville", AGENT);
  await agent.goto(counter.url("ville", `/agents/demandes/${code}/`));
  await agent.getByRole("button", { name: "Transmettre" }).click();
  await agent.getByText("Un autre service est interrogé en ce moment.").waitFor({ timeout: 20000 });
  assert.equal(await agent.getByRole("button", { name: "Clore" }).count(), 0);
  await look(agent, "acting-called");
  await page.reload();
  await page.getByText("Votre demande est en train d’être transmise").waitFor();
  await look(page, "acting-called-own");
  waiting.shift().writeHead(503).end();
  await agent.getByText("Un autre service n’a pas répondu.").or(agent.getByRole("link", { name: "Voir où cela en est" })).first().waitFor();
  for (let i = 0; i < 50 && !(await agent.getByText("Un autre service n’a pas répondu.").count()); i++) {
    await agent.waitForTimeout(100);
    await agent.goto(counter.url("ville", `/agents/demandes/${code}/`));
  }
  await look(agent, "acting-called-again");
  await go(agent, "Clore");
  assert.match(await agent.innerText("p.state"), /Clos/);
  await page.context().close();
  await agent.context().close();
});
