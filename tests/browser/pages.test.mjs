// Every page in its states, on a phone and on a desktop: accessible (axe), valid HTML, no violation of the security policy, no
// overflow at 320 px.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { Counter, desktop, file, go, launch, person, phone, signIn, violations, widthAt320 } from "./support.mjs";

const validator = new HtmlValidate({
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: { "no-inline-style": "off", "no-redundant-role": "off", "doctype-style": "off", "long-title": ["error", { maxlength: 140 }],
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit", "button"] }],
    "no-trailing-whitespace": "off", "prefer-native-element": "off", "void-style": "off", "attribute-boolean-style": "off" },
});

const counter = new Counter();
let browser;

const schools = { kind: "card", slug: "ecoles", name: "Écoles", description: "<p>Les écoles de la commune.</p>",
  digest_template: "{{ form_var_nom }}", fields: [
    { id: "1", type: "string", label: "Nom", varname: "nom", display_locations: ["summary", "listings"] },
    { id: "2", type: "item", label: "Cycle", varname: "cycle", items: ["Maternelle", "Élémentaire"], display_mode: "radio" },
    { id: "3", type: "date", label: "Ouverte le", varname: "ouverte", required: "optional" }] };

before(async () => {
  counter.cli("demo", "--port", "0");
  counter.define("bron", schools);
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
});

/** What does not hang on the screen: the page as it was sent, and whether it fits the narrowest one. Looked at once, on the phone. */
const checkOnce = async (page, where, problems) => {
  const source = await page.content();
  const response = await page.evaluate(async () => (await fetch(location.href)).text()).catch(() => source);
  const report = await validator.validateString(response);
  for (const result of report.results) for (const message of result.messages) problems.push(`${where}: html ${message.ruleId} ${message.message} (line ${message.line})`);
  const width = await widthAt320(page);
  if (width > 320) problems.push(`${where}: ${width} px wide at 320 px`);
};

/** All that must hold of the page that is shown. */
const check = async (page, problems) => {
  const screen = page.viewportSize().width, where = page.url().replace(/^http:\/\/[^/]+/, "") + ` at ${screen}`;
  for (const violation of await violations(page)) problems.push(`${where}: axe ${violation}`);
  if (screen === phone.width) await checkOnce(page, where, problems);
};

const open = async (viewport, policy = false) => {
  const context = await person(browser, { viewport, bypassCSP: !policy });
  context.setDefaultTimeout(20000);
  return [context, await context.newPage()];
};

const publicPages = ["/", "/demarches/", "/demarches/themes/emploi/", "/recherche/?q=lampadaire", "/recherche/?q=xyzzy", "/recherche/?q=",
  "/demarches/signalement-anomalie/", "/demarches/candidature-emploi/", "/demarches/signalement-anomalie/commencer/", "/suivre/", "/connexion/",
  "/inscription/", "/mot-de-passe/oublie/", "/aide/", "/accessibilite/", "/donnees-personnelles/", "/mentions-legales/", "/plan-du-site/",
  "/courriels/", "/rien/"];

for (const viewport of [phone, desktop]) {
  const at = `${viewport.width} px`;

  test(`public pages, ${at}`, async () => {
    const [context, page] = await open(viewport), problems = [];
    for (const path of publicPages) {
      await page.goto(counter.url("bron", path));
      await check(page, problems);
    }
    assert.deepEqual(problems, []);
    await context.close();
  });

  test(`forms that get errors, ${at}`, async () => {
    const [context, page] = await open(viewport), problems = [];
    for (const path of ["/demarches/signalement-anomalie/1/", "/demarches/candidature-emploi/1/", "/suivre/", "/connexion/", "/inscription/", "/mot-de-passe/oublie/"]) {
      await page.goto(counter.url("bron", path));
      const button = page.locator("main form:not([role=search]) button[type=submit]").first();
      await Promise.all([page.waitForNavigation(), button.click()]);
      assert.match(await page.title(), /^Erreur/, path);
      await check(page, problems);
    }
    assert.deepEqual(problems, []);
    await context.close();
  });

  test(`cards, ${at}`, async () => {
    const [context, page] = await open(viewport), problems = [];
    await signIn(page, counter, "bron", "admin@bron.example");
    for (const path of ["/agents/fiches/", "/agents/fiches/ecoles/", "/agents/fiches/ecoles/ajouter/", "/agents/fiches/ecoles/importer/"]) {
      await page.goto(counter.url("bron", path));
      await check(page, problems);
    }
    await page.setInputFiles("#fichier", { name: "ecoles.csv", mimeType: "text/csv", buffer: Buffer.from("Nom;Cycle\nJean Moulin;Collège\n") });
    await go(page, "Importer");
    await check(page, problems);
    await page.goto(counter.url("bron", "/agents/fiches/ecoles/ajouter/"));
    await go(page, "Enregistrer");
    assert.match(await page.title(), /^Erreur/);
    await check(page, problems);
    await page.getByLabel("Nom").fill("Jean Moulin");
    await page.getByLabel("Maternelle").check();
    await go(page, "Enregistrer");
    assert.equal(await page.locator("h1").innerText(), "Jean Moulin");
    await check(page, problems);
    await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "Modifier", exact: true }).click()]);
    await check(page, problems);
    await page.goto(counter.url("bron", "/agents/fiches/ecoles/?q=moulin"));
    await check(page, problems);
    assert.deepEqual(problems, []);
    await context.close();
  });

  for (const slug of ["signalement-anomalie", "candidature-emploi"]) {
    test(`each page of ${slug}, and its request for who filed it and for an agent, ${at}`, async () => {
      const [context, page] = await open(viewport), problems = [];
      await signIn(page, counter, "bron", "habitante@exemple.example");
      const code = await file(page, counter, "bron", slug, (shown) => check(shown, problems));
      for (const path of ["/mon-compte/", "/mon-compte/demandes/", `/mon-compte/demandes/${code.replaceAll("-", "")}/`, "/mon-compte/brouillons/", "/mon-compte/profil/"]) {
        await page.goto(counter.url("bron", path));
        await check(page, problems);
      }
      const [office, desk] = await open(viewport);
      await signIn(desk, counter, "bron", "admin@bron.example");
      for (const path of ["/agents/", "/agents/saisie/", "/agents/demandes/", "/agents/demandes/?q=xyzzy", `/agents/demandes/?demarche=${slug}`,
        `/agents/demandes/${code.replaceAll("-", "")}/`, `/agents/demandes/${code.replaceAll("-", "")}/copie/`, "/administration/", "/administration/definitions/",
        "/administration/definitions/form/signalement-anomalie/"]) {
        await desk.goto(counter.url("bron", path));
        await check(desk, problems);
      }
      assert.deepEqual(problems, []);
      await context.close();
      await office.close();
    });
  }
}

test("no page breaks the security policy", async () => {
  const [context, page] = await open(phone, true), problems = [];
  page.on("console", (message) => message.type() === "error" && !/404|422/.test(message.text()) && problems.push(`${page.url()}: ${message.text()}`));
  for (const path of publicPages) await page.goto(counter.url("bron", path), { waitUntil: "load" });
  await file(page, counter, "bron", "signalement-anomalie");
  assert.deepEqual(problems, []);
  await context.close();
});
