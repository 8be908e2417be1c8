// The flow of a form: the pages beside its own, on a phone and on a desktop, with and without JavaScript, on both stores.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, go, launch, look, password, signIn, stores, tab } from "./support.mjs";

const field = (id, type, label, more = {}) => ({ id, type, label, ...more });
const base = { kind: "form", functions: { _receiver: "agents" } };
const documents = [
  { ...base, slug: "acte", name: "Acte de mariage", required_authentication_contexts: ["franceconnect"], fields: [field("1", "string", "Nom")] },
  { ...base, slug: "depot", name: "Dépôt de plainte", tracking_code_verify_fields: ["1", "2"], lateral_template: "<p>Répondre sous <strong>huit jours</strong>.</p>",
    fields: [field("1", "string", "Nom"), field("2", "date", "Date de naissance"), field("3", "email", "Courriel")] },
  { ...base, slug: "ici", name: "Aide aux habitants", fields: [
    { id: "p", type: "page", label: "Votre commune", stops: [{ condition: 'form_var_commune == "Ailleurs"', text: "<p>Cette aide est pour les habitants de la ville.</p>",
      link: { url: "/aide/", label: "Trouver votre mairie" } }] },
    field("1", "item", "Commune", { varname: "commune", items: ["Ici", "Ailleurs"], display_mode: "radio" }), field("p2", "page", "Vous"), field("2", "string", "Nom")] },
];
const site = {
  slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "agents", name: "Agents" }],
  settings: { contact: { name: "Mairie", address: "1 place de la République", email: "mairie@ville.example", phone: "04 00 00 00 00" },
    brake: { least_seconds: 60 } }, // longer than any of these tests takes on a slow machine
};

let browser;
const counters = {};
before(async () => {
  browser = await launch();
  for (const store of stores) {
    const counter = (counters[store] = new Counter(store));
    counter.brakes = true;
    counter.site(site);
    counter.define("ville", ...documents);
    counter.cli("user", "create", "--email", "agent@ville.example", "--name", "Ada Gent", "--site", "ville", "--admin", "--password", password);
    await counter.start();
  }
});
after(async () => {
  await browser?.close();
  for (const counter of Object.values(counters)) await counter.stop();
});

const answer = async (page, name = "Dupont") => {
  await page.getByLabel("Nom").fill(name);
  for (const [label, value] of [["Jour", "12"], ["Mois", "3"], ["Année", "1985"]]) await page.getByLabel(label).fill(value);
  if (await page.getByLabel("Courriel").count()) await page.getByLabel("Courriel").fill("jeanne@exemple.example");
};

for (const store of stores) {
  test(`a form that wants a stronger identification says so, ${store}`, async () => {
    const page = await tab(browser), counter = counters[store];
    await page.goto(counter.url("ville", "/demarches/acte/"));
    assert.match(await page.locator("main").innerText(), /s’identifier avec FranceConnect/);
    await signIn(page, counter, "ville", "agent@ville.example");
    await page.goto(counter.url("ville", "/demarches/acte/1/"));
    assert.match(await page.locator("main").innerText(), /Cette démarche demande de s’identifier avec FranceConnect\./);
    await look(page, `flow-identify-${store}`);
    await page.context().close();
  });

  for (const javaScriptEnabled of [true, false])
    test(`who is not concerned is told so and goes on, ${javaScriptEnabled ? "with" : "without"} JavaScript, ${store}`, async () => {
      const page = await tab(browser, { javaScriptEnabled }), counter = counters[store];
      await page.goto(counter.url("ville", "/demarches/ici/1/"));
      await page.getByLabel("Ailleurs").check();
      await go(page, "Continuer");
      assert.equal(await page.locator("h1").innerText(), "Vous n’êtes pas concerné par ce service");
      assert.equal(await page.getByRole("link", { name: "Trouver votre mairie" }).getAttribute("href"), "/aide/");
      if (javaScriptEnabled) await look(page, `flow-stop-${store}`);
      await page.getByRole("link", { name: "Modifier mes réponses" }).click();
      assert.equal(await page.getByLabel("Ailleurs").isChecked(), true);
      await page.getByLabel("Ici").check();
      await go(page, "Continuer");
      assert.match(page.url(), /\/demarches\/ici\/2\/$/);
      await page.context().close();
    });

  for (const javaScriptEnabled of [true, false])
    test(`who is too fast confirms; who comes back answers again, ${javaScriptEnabled ? "with" : "without"} JavaScript, ${store}`, async () => {
      const page = await tab(browser, { javaScriptEnabled }), counter = counters[store], look_ = javaScriptEnabled ? look : async () => {};
      await page.goto(counter.url("ville", "/demarches/depot/1/"));
      await answer(page);
      await go(page, "Continuer");
      assert.equal(await page.locator("input[name=site-web]").isVisible(), true, "only moved out of sight, so that programs take it for a field");
      assert.ok((await page.locator("input[name=site-web]").boundingBox()).width <= 40);
      await go(page, "Envoyer ma demande");
      assert.equal(await page.locator("h1").innerText(), "Confirmez l’envoi");
      await look_(page, `flow-confirm-${store}`);
      await go(page, "Confirmer et envoyer ma demande");
      const code = (await page.locator("p.code").innerText()).trim();
      await page.goto(counter.url("ville", "/suivre/"));
      await page.fill("#numero", code);
      await page.fill("#courriel", "jeanne@exemple.example");
      await go(page, "Suivre ma demande");
      await look_(page, `flow-verify-${store}`);
      await answer(page, "Autre");
      await go(page, "Voir ma demande");
      assert.match(await page.title(), /^Erreur/);
      await look_(page, `flow-verify-wrong-${store}`);
      await answer(page, "DUPONT");
      await go(page, "Voir ma demande");
      assert.match(page.url(), /\/suivre\/[0-9A-Z]{7}\/$/);
      if (!javaScriptEnabled) return void (await page.context().close());
      await signIn(page, counter, "ville", "agent@ville.example");
      await page.goto(counter.url("ville", `/agents/demandes/${code.replaceAll("-", "")}/`));
      assert.match(await page.locator("main").innerText(), /Répondre sous huit jours/);
      await look(page, `flow-side-${store}`);
      await page.context().close();
    });
}
