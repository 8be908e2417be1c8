// The drawn circuit and its table, of a service and of a request, on a phone and a desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, VILLE, cardForm, clashes, counterWithAgent, go, launch, look, signIn, stores, tab } from "./support.mjs";

const long = "Un libellé fort long qui ne tient pas sur une seule ligne, ni sur deux, et qui continue encore un peu plus loin";
const workflow = {
  kind: "workflow", slug: "circuit", name: "Circuit", functions: [{ id: "_receiver", name: "Agents" }],
  statuses: [
    { id: "recu", name: "Reçu", colour: "66CCFF", actions: [
      { id: "0", type: "sendmail", to: ["_submitter"], subject: long, body: "Bonjour" },
      { id: "1", type: "choice", label: "Accepter", by: ["_receiver"], status: "accepte" },
      { id: "2", type: "choice", label: long, by: ["_receiver"], status: "refuse" },
      { id: "3", type: "choice", label: "Motsansblanc".repeat(12), by: ["_receiver"], status: "recu" },
      { id: "4", type: "choice", label: "漢字 ﷽ \u202eabc ﷽﷽﷽﷽﷽﷽ 👩‍👩‍👧‍👦 e\u0301e\u0301", by: ["_submitter"], status: "_previous" },
      { id: "5", type: "jump", mode: "timeout", timeout: "3 jours", status: "refuse" }] },
    { id: "accepte", name: "Accepté", forced_endpoint: true, actions: [] }, { id: "refuse", name: "Refusé", forced_endpoint: true, actions: [] }],
  global_actions: [{ id: "mot", name: "Écrire un mot", triggers: [{ id: "t", type: "manual", roles: ["_receiver"] }], actions: [{ id: "1", type: "commentable", label: "Le mot", by: ["_receiver"] }] }],
};

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const store of stores)
  test(`a circuit is drawn (${store})`, async () => {
    const counter = await counterWithAgent(store, VILLE, cardForm(), workflow);
    const page = await tab(browser);
    await page.goto(counter.url("ville", "/demarches/carte/1/"));
    await page.fill("#f1", "Blanc");
    await go(page, "Envoyer ma demande");
    const code = (await page.locator("p.code").innerText()).replaceAll("-", "");
    await signIn(page, counter, "ville", AGENT);
    await page.goto(counter.url("ville", "/administration/circuits/circuit/"));
    assert.deepEqual(await clashes(page), []);
    await look(page, "circuit");
    await page.goto(counter.url("ville", `/agents/demandes/${code}/`));
    await go(page, "Accepter");
    await page.getByRole("link", { name: "Le chemin suivi dans le circuit" }).click();
    await page.waitForURL(/circuit/);
    assert.deepEqual(await clashes(page), []);
    await look(page, "circuit-suivi");
    await counter.stop();
  });
