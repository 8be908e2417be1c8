// Documents that are missing: the agent's question, and what waits for who filed, on a phone and a desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, counterWithAgent, go, launch, look, signIn, tab } from "./support.mjs";

const circuit = { kind: "workflow", slug: "permis", name: "Permis", functions: [{ id: "_receiver", name: "Agents" }],
  global_actions: [{ id: "pieces", name: "Demander des documents", triggers: [{ id: "1", type: "manual", roles: ["_receiver"] }], actions: [
    { id: "1", type: "ask-documents", documents: ["Justificatif de domicile", "Pièce d’identité"], delay: 30 },
    { id: "2", type: "jump", status: "2", set_marker_on_status: true }] }],
  statuses: [{ id: "1", name: "Reçue", actions: [] },
    { id: "2", name: "En attente", actions: [{ id: "1", type: "give-documents", by: ["_submitter", "_receiver"], status: "_previous" }] }] };
const form = { kind: "form", slug: "permis", name: "Permis", workflow: "permis", confirmation: false, functions: { _receiver: "urbanisme" },
  service: { silence: "reject", delay: 2, delay_unit: "months" }, fields: [{ id: "1", type: "string", label: "Lieu", varname: "lieu" }] };
const site = { slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "urbanisme", name: "Urbanisme" }] };

let browser, counter;
before(async () => {
  counter = await counterWithAgent("sqlite", site, circuit, form);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter?.stop();
});

test("an agent asks for documents, and they are waited for", async () => {
  const page = await tab(browser);
  await signIn(page, counter, "ville", AGENT);
  await page.goto(counter.url("ville", "/demarches/permis/1/"));
  await page.fill("#f1", "Parc");
  await go(page, "Envoyer ma demande");
  const code = (await page.locator("p.code").innerText()).replaceAll("-", "");
  await page.goto(counter.url("ville", `/agents/demandes/${code}/`));
  await page.getByRole("link", { name: "Demander des documents" }).click();
  await look(page, "documents-a-demander");
  await page.getByLabel("Pièce d’identité").check();
  await page.getByRole("button", { name: "Demander des documents" }).click();
  await page.waitForURL(new RegExp(`/agents/demandes/${code}/$`));
  await look(page, "documents-demandes");
  await page.goto(counter.url("ville", `/mon-compte/demandes/${code}/`));
  assert.match(await page.getByRole("note").first().innerText(), /Pièce d’identité/);
  await look(page, "documents-attendus");
});
