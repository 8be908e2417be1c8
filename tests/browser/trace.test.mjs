// What the circuit did to a request, for an administrator, on a phone and a desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, VILLE, cardForm, counterWithAgent, go, launch, look, signIn, stores, tab } from "./support.mjs";

const workflow = {
  kind: "workflow", slug: "circuit", name: "Circuit", functions: [{ id: "_receiver", name: "Agents" }],
  statuses: [
    { id: "recu", name: "Reçu", actions: [
      { id: "m", type: "sendmail", to: ["personne@ville.example"], subject: "Une demande est arrivée au guichet", body: "Bonjour" },
      { id: "c", type: "register-comment", comment: "<p>Long</p>", condition: 'form_var_nom == "un nom qui ne tient pas sur la ligne" or form_var_nom == "MotSansBlancQuiEstFortLongEtQuiContinue"' },
      { id: "1", type: "choice", label: "Accepter", by: ["_receiver"], status: "clos", condition: "form_var_nom" }] },
    { id: "clos", name: "Clos", actions: [] }],
};

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [store, javaScriptEnabled] of [...stores.map((store) => [store, true]), ["sqlite", false]])
  test(`what was done is told (${store}, ${javaScriptEnabled ? "with" : "without"} scripts)`, async (t) => {
    const counter = await counterWithAgent(store, VILLE, cardForm(), workflow);
    t.after(() => counter.stop());
    const page = await tab(browser, { javaScriptEnabled });
    await page.goto(counter.url("ville", "/demarches/carte/1/"));
    await page.fill("#f1", "Blanc".repeat(40));
    await go(page, "Envoyer ma demande");
    const code = (await page.locator("p.code").innerText()).replaceAll("-", "");
    await signIn(page, counter, "ville", AGENT);
    await page.goto(counter.url("ville", `/agents/demandes/${code}/`));
    await go(page, "Accepter");
    await page.getByRole("link", { name: "Ce que le circuit a fait" }).click();
    await page.waitForURL(/trace/);
    assert.match(await page.locator("main").innerText(), /pas fait, sa condition n’était pas remplie/);
    if (javaScriptEnabled) await look(page, "trace");
  });
