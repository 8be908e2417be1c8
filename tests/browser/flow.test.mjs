// The flow of a form: the pages beside its own, on a phone and on a desktop, with and without JavaScript, on both stores.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Counter, launch, look, password, person, signIn, stores } from "./support.mjs";

const field = (id, type, label, more = {}) => ({ id, type, label, ...more });
const base = { kind: "form", functions: { _receiver: "agents" } };
const documents = [
  { ...base, slug: "acte", name: "Acte de mariage", required_authentication_contexts: ["franceconnect"], fields: [field("1", "string", "Nom")] },
];
const folder = mkdtempSync(join(tmpdir(), "guichet-flow-"));
for (const document of documents) writeFileSync(join(folder, `${document.kind}-${document.slug}.json`), JSON.stringify(document));
const site = {
  slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "agents", name: "Agents" }],
  settings: { contact: { name: "Mairie", address: "1 place de la République", email: "mairie@ville.example", phone: "04 00 00 00 00" } },
};
writeFileSync(join(folder, "site"), JSON.stringify(site));

let browser;
const counters = {};
before(async () => {
  browser = await launch();
  for (const store of stores) {
    const counter = (counters[store] = new Counter(store));
    counter.cli("site", "set", join(folder, "site"));
    counter.cli("import", "content", folder, "--site", "ville");
    counter.cli("user", "create", "--email", "agent@ville.example", "--name", "Ada Gent", "--site", "ville", "--admin", "--password", password);
    await counter.start();
  }
});
after(async () => {
  await browser?.close();
  for (const counter of Object.values(counters)) await counter.stop();
});

const tab = async (javaScriptEnabled = true) => {
  const context = await person(browser, { bypassCSP: javaScriptEnabled, javaScriptEnabled });
  context.setDefaultTimeout(20000);
  return context.newPage();
};

for (const store of stores) {
  test(`a form that wants a stronger identification says so, ${store}`, async () => {
    const page = await tab(), counter = counters[store];
    await page.goto(counter.url("ville", "/demarches/acte/"));
    assert.match(await page.locator("main").innerText(), /s’identifier avec FranceConnect/);
    await signIn(page, counter, "ville", "agent@ville.example");
    await page.goto(counter.url("ville", "/demarches/acte/1/"));
    assert.match(await page.locator("main").innerText(), /Cette démarche demande de s’identifier avec FranceConnect\./);
    await look(page, `flow-identify-${store}`);
    await page.context().close();
  });
}
