// The page behind a button of a mail: it asks before anything is done, with and without JavaScript; what it says then, and later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, VILLE, counterWithAgent, go, launch, look, password, signIn, tab } from "./support.mjs";

const ADA = "ada@exemple.fr";
const workflow = { kind: "workflow", slug: "visite", name: "Visite", functions: [{ id: "_receiver", name: "Agents" }], statuses: [
  { id: "recu", name: "Reçu", actions: [
    { id: "1", type: "sendmail", to: ["_submitter"], subject: "Votre visite", body:
      "Bonjour,\n\n{% action_button \"venir\" label=\"Je confirme ma venue\" message=\"Votre rendez-vous est mardi à 14 h, à la mairie.\" done_message=\"À mardi !\" %}\n\n{% action_button \"ailleurs\" label=\"Plus tard\" %}" },
    { id: "2", type: "choice", label: "Viendra", by: ["_receiver"], status: "viendra", identifier: "venir" }] },
  { id: "viendra", name: "Viendra", actions: [] }] };
const form = { kind: "form", slug: "visite", name: "Visite de la mairie", workflow: "visite", confirmation: false, functions: { _receiver: "accueil" },
  fields: [{ id: "1", type: "string", label: "Votre nom", varname: "nom" }] };

let browser, counter;

before(async () => {
  counter = await counterWithAgent("sqlite", VILLE, form, workflow);
  counter.cli("user", "create", "--email", ADA, "--name", "Ada Durand", "--password", password);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter?.stop();
});

/** Files one; the addresses of the buttons in its mail. */
const invited = async (name) => {
  const page = await tab(browser);
  await signIn(page, counter, "ville", ADA);
  await page.goto(counter.url("ville", "/demarches/visite/1/"));
  await page.fill("#f1", name);
  await go(page, "Envoyer ma demande");
  const reader = await tab(browser);
  await signIn(reader, counter, "ville", AGENT);
  for (let i = 0; i < 100; i++) {
    await reader.goto(counter.url("ville", "/courriels/"));
    const mail = reader.getByRole("link", { name: "Votre visite" });
    if (await mail.count()) {
      await Promise.all([reader.waitForNavigation(), mail.first().click()]);
      const paths = [...(await reader.content()).matchAll(/\/boutons\/[\w-]+\//g)].map((match) => match[0]);
      return [...new Set(paths)];
    }
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error("no mail came");
};

for (const javaScriptEnabled of [true, false])
  test(`a button of a mail asks first, and serves once ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const [come, elsewhere] = await invited(javaScriptEnabled ? "Durand" : "Martin");
    const page = await tab(browser, { javaScriptEnabled });
    const seen = (name) => (javaScriptEnabled ? look(page, `buttons-${name}`) : undefined);
    await page.goto(counter.url("ville", come));
    await seen("ask");
    assert.match(await page.innerText("main"), /mardi à 14 h/);
    await go(page, "Je confirme ma venue");
    await seen("done");
    assert.match(await page.innerText("main"), /À mardi !/);
    await page.goto(counter.url("ville", come));
    assert.match(await page.innerText("h1"), /C’est fait/);
    await page.goto(counter.url("ville", elsewhere));
    await seen("passed");
    assert.match(await page.innerText("h1"), /ne sert plus/);
    await page.goto(counter.url("ville", come.slice(0, -4) + "zzz/"));
    await seen("unknown");
    assert.match(await page.innerText("h1"), /n’existe pas/);
  });
