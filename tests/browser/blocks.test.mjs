// Blocks of fields on a phone: rows added, taken away and corrected, with and without JavaScript, accessible, on both stores.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, counterWithAgent, go, launch, look, signIn, stores, tab } from "./support.mjs";

const field = (id, type, label, more = {}) => ({ id, type, label, ...more });
const child = {
  kind: "block", slug: "enfant", name: "Enfant", digest_template: "{{ block_var_prenom }}",
  post_conditions: [{ condition: "block_var_prenom != form_var_nom", error_message: "Le prénom de l’enfant n’est pas le vôtre." }],
  fields: [
    field("1", "string", "Prénom", { varname: "prenom", extra_css_class: "grid-1-2" }),
    field("2", "date", "Date de naissance", { varname: "naissance", required: "optional" }),
    field("3", "bool", "Mon enfant a un régime alimentaire", { varname: "regime" }),
    field("4", "string", "Quel régime ?", { condition: "block_var_regime" }),
    field("5", "file", "Livret de famille", { required: "optional" }),
    field("6", "item", "École", { items: ["Jean-Jaurès", "Ferdinand-Buisson"], display_mode: "radio" }),
  ],
};
const form = {
  kind: "form", slug: "cantine", name: "Inscription à la cantine", workflow: "cantine", functions: { _receiver: "agents" }, confirmation: true,
  fields: [
    field("1", "string", "Votre nom", { varname: "nom" }),
    field("7", "block", "Vos enfants", {
      block: "enfant", varname: "enfants", max_items: 3, remove_button: true, add_element_label: "Ajouter un enfant",
      hint: "<p>Un enfant par ligne.</p>", remove_element_label: "Retirer",
    }),
    field("8", "block", "Personne à prévenir", { label_display: "subtitle", required: "optional", fields: [field("1", "string", "Nom"), field("2", "string", "Téléphone")] }),
    field("9", "comment", "<p>{{ form_var_enfants|length }} en tout</p>"),
  ],
};
const workflow = {
  kind: "workflow", slug: "cantine", name: "Cantine",
  backoffice_fields: [field("b1", "block", "Suivi", { varname: "suivi", block: "enfant", max_items: 5, display_locations: ["summary"] })],
  statuses: [
    { id: "recue", name: "Reçue", actions: [
      { type: "form", id: "pieces", by: ["_receiver"], varname: "complement", include_in_form_history: true,
        fields: [field("1", "block", "Avis", { max_items: 3, remove_button: true, add_element_label: "Ajouter un avis", fields: [field("1", "string", "Texte")] })] },
      { type: "choice", id: "fin", label: "Accepter", by: ["_receiver"], status: "acceptee" }] },
    { id: "acceptee", name: "Acceptée", actions: [
      { type: "set-backoffice-fields", fields: [{ field_id: "b1", value: "{% block_value prenom=form_var_enfants_0_prenom append=True %}" }] },
    ] },
  ],
};

const site = {
  slug: "ville", name: "Ville", hosts: ["ville.localhost"], roles: [{ slug: "agents", name: "Agents" }],
  settings: { contact: { name: "Mairie", address: "1 place de la République", email: "mairie@ville.example", phone: "04 00 00 00 00" } },
};

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());

/** A button of rows: without JavaScript the page comes anew. */
const press = async (page, name, scripted) => {
  const button = page.getByRole("button", { name });
  if (!scripted) return Promise.all([page.waitForNavigation(), button.click()]);
  const answered = page.waitForResponse((response) => response.request().method() === "GET" && /\/demarches\/cantine\/1\/$/.test(response.url()));
  await button.click();
  await answered;
  await page.waitForFunction(() => document.activeElement !== document.body && document.activeElement.tagName !== "BUTTON");
};

const paper = { name: "livret.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") };

for (const store of stores)
  for (const scripted of [true, false])
    test(`children are added, taken away and corrected, ${scripted ? "with" : "without"} JavaScript, ${store}`, async () => {
      const counter = await counterWithAgent(store, site, child, form, workflow);
      try {
        const page = await tab(browser, { javaScriptEnabled: scripted });
        await page.goto(counter.url("ville", "/demarches/cantine/1/"));
        if (scripted) await look(page, "block-begin");
        assert.equal(await page.getByRole("group", { name: "Enfant 1" }).count(), 1);
        assert.equal(await page.getByRole("button", { name: /^Retirer/ }).count(), 0, "one child stays");
        await page.fill("#f1", "Dupont");
        await page.fill("#f7-0-1", "Léa");
        await page.setInputFiles("#f7-0-5", paper);

        await press(page, "Ajouter un enfant", scripted);
        assert.equal(await page.inputValue("#f7-0-1"), "Léa");
        assert.equal(await page.inputValue("#f1"), "Dupont");
        assert.match(await page.locator("[data-field='7-0-5']").innerText(), /livret\.pdf/);
        if (scripted) assert.equal(await focused(page), "Enfant 2");
        else assert.match(page.url(), /#f7-dernier$/);
        await press(page, "Ajouter un enfant", scripted);
        await page.fill("#f7-1-1", "Hugo");
        await page.fill("#f7-2-1", "Zoé");
        await page.locator("#f7-2-6").check();
        assert.equal(await page.getByRole("button", { name: "Ajouter un enfant" }).count(), 0, "three at the most");

        await press(page, "Retirer : Enfant 2", scripted);
        assert.equal(await page.inputValue("#f7-1-1"), "Zoé");
        assert.equal(await page.locator("#f7-1-6").isChecked(), true);
        assert.match(await page.locator("[data-field='7-0-5']").innerText(), /livret\.pdf/);

        if (scripted) {
          assert.equal(await page.locator("#f7-1-4").isVisible(), false);
          await page.locator("#f7-1-3").check();
          await page.locator("#f7-1-4").waitFor({ state: "visible" });
          assert.equal(await page.locator("#f7-0-4").isVisible(), false, "of the other child nothing is asked");
          await page.getByText("2 en tout").waitFor();
        } else {
          await page.locator("#f7-1-3").check();
        }
        await page.fill("#f7-1-2", "31");
        await page.fill("#f7-1-2-mois", "2");
        await page.fill("#f7-1-2-annee", "2019");
        await go(page);
        const told = await page.locator(".error-summary").innerText();
        assert.match(told, /Enfant 1\s: choisissez une réponse à «\sÉcole\s»/);
        assert.match(told, /Enfant 2\s: cette date n’existe pas/);
        if (scripted) await look(page, "block-errors");
        await page.getByRole("link", { name: /Enfant 2\s: cette date/ }).click();
        assert.equal(await page.evaluate(() => document.activeElement.id), "f7-1-2");

        await page.fill("#f7-1-2", "3");
        await page.locator("#f7-0-6").check();
        await page.fill("#f7-1-4", "Sans porc");
        await page.keyboard.press("Enter"); // neither adds nor takes away a row, nor sends
        assert.equal(await page.inputValue("#f7-1-4"), "Sans porc");
        await go(page);
        const checked = await page.innerText("main");
        for (const text of ["Enfant 1", "Léa", "livret.pdf", "Enfant 2", "Zoé", "03/02/2019", "Sans porc", "Personne à prévenir"])
          assert.ok(checked.includes(text), `${text}: ${checked}`);
        if (scripted) await look(page, "block-check");
        await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "Modifier Vos enfants" }).click()]);
        assert.equal(await page.inputValue("#f7-1-1"), "Zoé");
        await go(page);
        await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Envoyer ma demande" }).click()]);
        const code = await page.innerText("p.code");
        await treat(counter, code, scripted);
        await page.context().close();
      } finally {
        await counter.stop();
      }
    });

/** The agent sees the rows, downloads the file, adds rows of the sub-form; the workflow adds a row to its own block. */
const treat = async (counter, code, scripted) => {
  const page = await tab(browser, { javaScriptEnabled: scripted });
  await signIn(page, counter, "ville", AGENT);
  await page.goto(counter.url("ville", `/agents/demandes/?q=${code}`));
  await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: code }).click()]);
  const shown = await page.innerText("main");
  for (const text of ["Enfant 1", "Léa", "Enfant 2", "Zoé"]) assert.ok(shown.includes(text), `${text}: ${shown}`);
  if (scripted) await look(page, "block-office");
  const address = await page.getByRole("link", { name: "livret.pdf" }).first().getAttribute("href");
  assert.equal(await page.evaluate(async (url) => (await fetch(url)).text(), address), "%PDF-1.4\n%%EOF\n");

  await page.fill("#f1-0-1", "Un");
  const add = page.getByRole("button", { name: "Ajouter un avis" });
  if (scripted) await add.click();
  else await Promise.all([page.waitForNavigation(), add.click()]);
  await page.fill("#f1-1-1", "Deux");
  assert.equal(await page.inputValue("#f1-0-1"), "Un");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Accepter" }).click()]);
  const done = await page.innerText("main");
  for (const text of ["Acceptée", "Avis 2, texte", "Deux"]) assert.ok(done.includes(text), `${text}: ${done}`);
  assert.match(done, /Données de traitement[\s\S]*Suivi[\s\S]*Léa/);
  await page.context().close();
};
