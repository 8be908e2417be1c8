// A request that made a card: each shows the other to agents, on a phone and a desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, counterWithAgent, go, launch, look, signIn, tab } from "./support.mjs";

const tree = { kind: "card", slug: "arbre", name: "Arbres", workflow: "soin", digest_template: "{{ form_var_espece }}", functions: { _receiver: "jardins" },
  fields: [{ id: "1", type: "string", label: "Espèce", varname: "espece" }] };
const care = { kind: "workflow", slug: "soin", name: "Soin", functions: [{ id: "_receiver", name: "Jardiniers" }], statuses: [{ id: "1", name: "Planté", actions: [] }] };
const planting = { kind: "workflow", slug: "planter", name: "Planter", functions: [{ id: "_receiver", name: "Agents" }], statuses: [{ id: "1", name: "Reçu", actions: [
  { id: "1", type: "create_carddata", formdef_slug: "arbre", varname: "arbre", mappings: [{ field_id: "1", expression: "{{ form_var_essence }}" }] }] }] };
const form = { kind: "form", slug: "planter", name: "Planter", workflow: "planter", confirmation: false, functions: { _receiver: "jardins" },
  fields: [{ id: "1", type: "string", label: "Essence", varname: "essence" }] };
const site = { slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "jardins", name: "Jardins" }] };

let browser, counter;
before(async () => {
  counter = await counterWithAgent("sqlite", site, tree, care, planting, form);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter?.stop();
});

test("a request and the card that it made lead to each other", async () => {
  const page = await tab(browser);
  await page.goto(counter.url("ville", "/demarches/planter/1/"));
  await page.fill("#f1", "Tilleul");
  await go(page, "Envoyer ma demande");
  const code = (await page.locator("p.code").innerText()).replaceAll("-", "");
  await signIn(page, counter, "ville", AGENT);
  await page.goto(counter.url("ville", `/agents/demandes/${code}/`));
  await look(page, "dossiers-lies");
  await page.getByRole("region", { name: "Dossiers liés" }).getByRole("link", { name: /Tilleul|Arbres/ }).click();
  await page.waitForURL(/fiches/);
  await look(page, "dossiers-lies-fiche");
  assert.match(await page.getByRole("region", { name: "Dossiers liés" }).innerText(), /Créé par.*Planter/);
});
