// One action on many requests, on a phone and a desktop, with and without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, counterWithAgent, go, launch, look, signIn, stores, tab } from "./support.mjs";

const workflow = {
  kind: "workflow", slug: "circuit", name: "Circuit", functions: [{ id: "_receiver", name: "Agents" }],
  statuses: [
    { id: "recu", name: "Reçu", actions: [
      { id: "1", type: "choice", label: "Accepter", by: ["_receiver"], status: "accepte", allow_as_mass_action: true },
      { id: "2", type: "choice", label: "Refuser", by: ["_receiver"], status: "refuse", allow_as_mass_action: true, require_confirmation: true, confirmation_text: "Refuser ?" }] },
    { id: "accepte", name: "Accepté", forced_endpoint: true, actions: [] }, { id: "refuse", name: "Refusé", forced_endpoint: true, actions: [] }],
  global_actions: [{ id: "mot", name: "Écrire un mot", triggers: [{ id: "t", type: "manual", roles: ["_receiver"] }],
    actions: [{ id: "1", type: "commentable", label: "Le mot", required: true, by: ["_receiver"] }] }],
};
const form = { kind: "form", slug: "carte", name: "Carte", workflow: "circuit", confirmation: false, functions: { _receiver: "accueil" },
  fields: [{ id: "1", type: "string", label: "Votre nom", varname: "nom" }] };
const site = { slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "accueil", name: "Accueil" }],
  settings: { contact: { name: "Mairie", address: "1 place de la République", email: "mairie@ville.example", phone: "04 00 00 00 00" } } };

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const file = async (page, counter, name) => {
  await page.goto(counter.url("ville", "/demarches/carte/1/"));
  await page.fill("#f1", name);
  await go(page, "Envoyer ma demande");
};

for (const store of stores)
  for (const javaScriptEnabled of [true, false])
    test(`one action on many (${store}, ${javaScriptEnabled ? "with" : "without"} JavaScript)`, async () => {
      const counter = await counterWithAgent(store, site, form, workflow);
      const page = await tab(browser, { javaScriptEnabled });
      page.context().setDefaultTimeout(6000);
      const seen = (name) => (javaScriptEnabled ? look(page, `groupe-${name}`) : undefined);
      for (const name of ["Blanc", "Gris", "Rouge"]) {
        await page.context().clearCookies();
        await file(page, counter, name);
      }
      await signIn(page, counter, "ville", AGENT);
      await page.goto(counter.url("ville", "/agents/demandes/?demarche=carte"));
      await seen("liste");
      if (javaScriptEnabled) await page.getByLabel("Tout cocher").check();
      else for (const box of await page.getByLabel("Choisir", { exact: false }).all()) if ((await box.getAttribute("type")) === "checkbox") await box.check();
      await go(page, "Choisir l’action");
      assert.match(await page.locator("h1").innerText(), /Agir sur 3 demandes/);
      await seen("choix");
      await page.getByRole("link", { name: "Écrire un mot" }).click();
      await page.waitForURL(/action=/);
      await seen("question");
      await page.getByLabel("Le mot").fill("Bonjour");
      await go(page, "Écrire un mot (3 demandes)");
      await page.getByText("C’est terminé").waitFor({ timeout: javaScriptEnabled ? 20000 : 3000 }).catch(() => page.reload());
      assert.match(await page.locator("[data-progress]").innerText(), /3 traitées/);
      await seen("fin");
      await page.goto(counter.url("ville", "/agents/groupe/"));
      await seen("miennes");
      await counter.stop();
    });
