// Long lists on a phone and a desktop: searched by keyboard and by touch, and without JavaScript; accessible with the popup open.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Counter, file, go, launch, look, stores, tab } from "./support.mjs";

const communes = ["Lyon", "Limas", "Lissieu", "Villeurbanne", "Saint-Étienne", "Saint-Fons", "Écully", ...Array.from({ length: 400 }, (_, i) => `Commune ${i}`)];
const list = { type: "fixed", value: communes.map((text, i) => ({ id: String(69000 + i), text })) };
const form = {
  kind: "form", slug: "naissance", name: "Acte de naissance", workflow: "_default", confirmation: true,
  fields: [
    { id: "1", type: "string", label: "Votre nom", varname: "nom" },
    { id: "2", type: "item", label: "Commune de naissance", hint: "<p>Comme sur votre livret de famille.</p>", display_mode: "autocomplete", source: list, varname: "commune" },
    { id: "3", type: "items", label: "Communes habitées", display_mode: "autocomplete", source: list, required: "optional", max_choices: 3 },
    { id: "4", type: "string", label: "Employeur", source: list, required: "optional" },
    { id: "5", type: "comment", label: "<p>Né à {{ form_var_commune }}</p>", condition: "form_var_commune" },
    { id: "6", type: "block", label: "Enfants", max_items: 3, required: "optional", fields: [{ id: "1", type: "item", label: "Né à", display_mode: "autocomplete", source: list }] },
  ],
};
const site = {
  slug: "ville", name: "Ville", hosts: ["ville.localhost"],
  settings: { contact: { name: "Mairie", address: "1 place de la République", email: "mairie@ville.example", phone: "04 00 00 00 00" } },
};

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const counterOn = async (store) => {
  const counter = new Counter(store);
  counter.site(site);
  counter.define("ville", form);
  await counter.start();
  return counter;
};
const settled = (page) => page.locator("form[data-asking]").waitFor({ state: "detached" });

for (const store of stores) {
  test(`a long list is searched by keyboard (${store})`, async () => {
    const counter = await counterOn(store);
    const page = await tab(browser);
    await page.goto(counter.url("ville", "/demarches/naissance/1/"));
    await page.fill("#f1", "Dupont");
    const box = page.getByRole("combobox", { name: "Commune de naissance" });
    assert.equal(await page.locator("button[name=chercher]").count(), 0);
    assert.equal(await box.getAttribute("aria-expanded"), "false");
    await box.focus();
    await page.keyboard.type("sain");
    await page.getByRole("option", { name: "Saint-Étienne" }).waitFor();
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator("#f2-trouve").innerText(), "2 réponses.");
    assert.equal(await page.locator("#f2-trouve").getAttribute("role"), "status");
    await look(page, "liste-ouverte");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await box.getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${active}[aria-selected=true]`).innerText(), "Saint-Fons");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    assert.equal(await box.inputValue(), "Saint-Étienne");
    assert.equal(await page.locator("#f2-propositions").isVisible(), false);
    await settled(page);
    assert.equal(await page.getByText("Né à Saint-Étienne").count(), 1, "what depends on it follows");
    await page.keyboard.type("x");
    await page.locator("#f2-trouve", { hasText: "Aucune réponse pour « Saint-Étiennex »" }).waitFor();
    await page.keyboard.press("Backspace");
    await page.getByRole("option", { name: "Saint-Étienne" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#f2-propositions").isVisible(), false);
    await page.keyboard.press("Tab");
    assert.equal(await page.locator("input[name=f2]:checked").count(), 1, "a text that is a choice's is that choice");
    await settled(page);
    await page.reload();
    assert.equal(await page.getByRole("combobox", { name: "Commune de naissance" }).inputValue(), "Saint-Étienne");
    await go(page);
    assert.match(await page.locator("main").innerText(), /Saint-Étienne/);
    await counter.stop();
  });

  test(`several are chosen by touch, and taken away (${store})`, async () => {
    const counter = await counterOn(store);
    const page = await tab(browser, { hasTouch: true, isMobile: true });
    await page.goto(counter.url("ville", "/demarches/naissance/1/"));
    const box = page.getByRole("combobox", { name: "Communes habitées (facultatif)" });
    await box.tap();
    await page.getByRole("option").nth(19).waitFor();
    assert.match(await page.locator("#f3-trouve").innerText(), /^Les 20 premières réponses/);
    for (const [word, name] of [["lyo", "Lyon"], ["ecu", "Écully"], ["lis", "Lissieu"]]) {
      await box.fill(word);
      await page.getByRole("option", { name, exact: true }).tap();
    }
    assert.deepEqual(await page.locator("#f3-trouve").allInnerTexts(), ["Lissieu : ajouté."]);
    const chips = page.locator('[data-field="3"] .choice');
    assert.deepEqual((await chips.allInnerTexts()).map((text) => text.trim()), ["Lyon", "Écully", "Lissieu"]);
    await look(page, "plusieurs-choix");
    await page.getByRole("checkbox", { name: "Écully" }).tap();
    await settled(page);
    await page.reload();
    assert.deepEqual((await chips.allInnerTexts()).map((text) => text.trim()), ["Lyon", "Lissieu"], "they are kept");
    const employer = page.getByRole("combobox", { name: "Employeur (facultatif)" });
    await employer.fill("vil");
    await page.getByRole("option", { name: "Villeurbanne" }).tap();
    assert.equal(await employer.inputValue(), "Villeurbanne");
    await employer.fill("Atelier Zut");
    await page.fill("#f1", "Dupont");
    await page.getByRole("combobox", { name: "Commune de naissance" }).fill("Lyonx");
    await go(page);
    await look(page, "hors-liste");
    assert.match(await page.locator(".error-summary").innerText(), /« Lyonx » n’est pas dans la liste/);
    await page.getByRole("combobox", { name: "Commune de naissance" }).fill("limas");
    await page.getByRole("option", { name: "Limas" }).tap();
    await page.getByRole("button", { name: /^Ajouter/ }).tap();
    const child = page.getByRole("combobox", { name: "Né à" });
    await child.nth(1).waitFor();
    await child.last().fill("fons");
    await page.getByRole("option", { name: "Saint-Fons" }).tap();
    await settled(page);
    await go(page);
    assert.match(await page.locator("main").innerText(), /Limas[^]*Lyon, Lissieu[^]*Atelier Zut[^]*Saint-Fons/);
    await counter.stop();
  });

  test(`without JavaScript a button searches (${store})`, async () => {
    const counter = await counterOn(store);
    const page = await tab(browser, { javaScriptEnabled: false });
    await page.goto(counter.url("ville", "/demarches/naissance/1/"));
    await page.fill("#f1", "Dupont");
    await page.fill("#f2", "sain");
    const search = (name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name: `Chercher : ${name}` }).click()]);
    await search("Commune de naissance");
    assert.equal(await page.inputValue("#f1"), "Dupont");
    assert.equal(await page.locator("#f2-trouve").innerText(), "2 réponses.");
    const shots = process.env.GUICHET_SHOTS;
    if (shots) await page.screenshot({ path: join(shots, "sans-script-390.png"), fullPage: true });
    await page.getByRole("radio", { name: "Saint-Fons" }).check();
    await page.fill("#f3", "ecul");
    await search("Communes habitées");
    assert.equal(await page.getByRole("radio", { name: "Saint-Fons" }).isChecked(), true);
    await page.getByRole("checkbox", { name: "Écully" }).check();
    await go(page);
    assert.match(await page.locator("main").innerText(), /Saint-Fons[^]*Écully/);
    await counter.stop();
  });

  test(`it is filed as any form, with a script and without (${store})`, async () => {
    const counter = await counterOn(store);
    for (const javaScriptEnabled of [true, false]) {
      const page = await tab(browser, { javaScriptEnabled });
      assert.match(await file(page, counter, "ville", "naissance"), /^[0-9A-Z-]+$/);
    }
    await counter.stop();
  });
}
