// The demonstration's permission, with and without scripts: a document that is missing is asked for and given, the decision has
// its reasons and is a document; both sides read until when the answer is owed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, file, go, launch, look, paper, signIn, stores, tab } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const words = (page) => page.locator("main").innerText().then((text) => text.replaceAll("\u00a0", " "));

for (const [store, javaScriptEnabled] of [...stores.map((store) => [store, true]), ["sqlite", false]])
  test(`a permission is asked for, completed, decided (${store}, ${javaScriptEnabled ? "with" : "without"} scripts)`, async (t) => {
    const counter = new Counter(store);
    counter.cli("demo", "--port", "0");
    await counter.start();
    t.after(() => counter.stop());
    const looked = javaScriptEnabled && store === "sqlite" ? look : async () => {};
    const resident = await tab(browser, { javaScriptEnabled }), agent = await tab(browser, { javaScriptEnabled });
    await signIn(resident, counter, "bron", "habitante@exemple.example");
    const code = (await file(resident, counter, "bron", "permis-vegetaliser")).replaceAll("-", "");
    const own = counter.url("bron", `/mon-compte/demandes/${code}/`), office = counter.url("bron", `/agents/demandes/${code}/`);

    await signIn(agent, counter, "bron", "agent@bron.example");
    await agent.goto(office);
    await go(agent, "Étudier la demande");
    assert.match(await words(agent), /Sans décision le \d+(er)? \S+ \d{4}, la demande est refusée/);
    await looked(agent, "permis-etude");
    await agent.getByRole("link", { name: "Demander des documents" }).click();
    await agent.waitForURL(/pieces|demandes\/.+/);
    await agent.getByLabel("Plan du lieu avec les distances").check();
    await agent.getByLabel("Message à la personne").fill("Un croquis suffit.");
    await agent.getByRole("button", { name: "Demander des documents" }).click();
    await agent.waitForURL(new RegExp(`/agents/demandes/${code}/$`));
    assert.match(await words(agent), /Documents attendus[\s\S]*attendus jusqu’au \d+(er)? \S+ \d{4} inclus/);
    await looked(agent, "permis-attente");

    await resident.goto(own);
    assert.match(await words(resident), /Nous attendons ces documents jusqu’au \d+(er)? \S+ \d{4} inclus[\s\S]*Un croquis suffit/);
    await looked(resident, "permis-a-completer");
    await resident.locator("main input[type=file]").first().setInputFiles(paper);
    await go(resident, "Envoyer les documents");
    assert.match(await words(resident), /En cours d’étude[\s\S]*Sans réponse de notre part le \d+(er)? \S+ \d{4}, votre demande sera refusée/);
    await looked(resident, "permis-complete");

    await agent.goto(office);
    await go(agent, "Refuser");
    await looked(agent, "permis-refus");
    await agent.getByLabel("Le passage des piétons serait trop étroit.").check();
    await agent.getByLabel("Explication pour la personne").fill("Il resterait 90 cm.");
    await go(agent, "Envoyer");
    for (let i = 0; i < 100 && !(await resident.getByRole("link", { name: /^Refus .*\.pdf$/ }).count()); i++) {
      await new Promise((next) => setTimeout(next, 200));
      await resident.goto(own);
    }
    assert.equal(await resident.getByRole("link", { name: /^Refus .*\.pdf$/ }).count(), 1);
    assert.match(await words(resident), /Refusée[\s\S]*Décision de refus/);
    await looked(resident, "permis-refuse");
    await agent.goto(office);
    await looked(agent, "permis-decide");
  });
