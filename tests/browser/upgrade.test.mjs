// An administrator has open requests go over to a new version of their circuit, on a phone and a desktop, with and without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AGENT, VILLE, cardForm, counterWithAgent, go, launch, look, signIn, stores, tab } from "./support.mjs";

const status = (id, name, to) => ({ id, name, actions: to ? [{ id: "1", type: "choice", label: "Suivant", by: ["_receiver"], status: to }] : [] });
const circuit = (...statuses) => ({ kind: "workflow", slug: "circuit", name: "Circuit", functions: [{ id: "_receiver", name: "Agents" }], statuses });
const first = circuit(status("recu", "Reçu", "instruit"), status("instruit", "En instruction par le service", "clos"), status("clos", "Clos"));
const second = circuit(status("etude", "À l’étude", "clos"), status("attente", "En attente", "clos"), status("clos", "Clos"));

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const store of stores)
  for (const javaScriptEnabled of [true, false])
    test(`open requests go over (${store}, ${javaScriptEnabled ? "with" : "without"} JavaScript)`, async (t) => {
      const counter = await counterWithAgent(store, VILLE, cardForm("Carte de stationnement"), first);
      t.after(() => counter.stop());
      const page = await tab(browser, { javaScriptEnabled });
      const seen = (name) => (javaScriptEnabled ? look(page, `passage-${name}`) : undefined);
      const codes = [];
      for (const name of ["Blanc", "Gris"]) {
        await page.goto(counter.url("ville", "/demarches/carte/1/"));
        await page.fill("#f1", name);
        await go(page, "Envoyer ma demande");
        codes.push((await page.locator("p.code").innerText()).replaceAll("-", ""));
      }
      await signIn(page, counter, "ville", AGENT);
      await page.goto(counter.url("ville", `/agents/demandes/${codes[0]}/`));
      await go(page, "Suivant");
      counter.define("ville", second);
      await page.goto(counter.url("ville", "/administration/circuits/circuit/"));
      await page.getByRole("link", { name: "Demandes en cours des versions précédentes" }).click();
      await page.waitForURL(/passage/);
      for (let i = 0; i < 50 && !(await page.getByText("que la version 2, en service").count()); i++) {
        await page.waitForTimeout(200); // until the server has read what the command published
        await page.reload();
      }
      await seen("a-choisir");
      await go(page, "Faire passer 2 demandes à la version 2");
      await page.getByRole("link", { name: "Choisissez où continuent les demandes en «\u00a0Reçu\u00a0»" }).waitFor();
      await seen("il-manque");
      await page.getByLabel("Reçu").selectOption({ label: "En attente" });
      await page.getByLabel("En instruction par le service").selectOption({ label: "Aucun\u00a0: supprimer ces demandes" });
      await go(page, "Faire passer 2 demandes à la version 2");
      await page.getByRole("link", { name: "Confirmez que des demandes seront supprimées pour toujours" }).waitFor();
      await seen("a-confirmer");
      await page.getByLabel("En instruction par le service").selectOption({ label: "À l’étude" });
      await go(page, "Faire passer 2 demandes à la version 2");
      for (let i = 0; i < 50 && !(await page.getByText("est terminé").count()); i++) {
        await page.waitForTimeout(200);
        if (!javaScriptEnabled) await page.reload();
      }
      assert.match(await page.locator("[data-progress]").innerText(), /2 demandes ont suivi/);
      await seen("fin");
      await page.goto(counter.url("ville", `/agents/demandes/${codes[0]}/`));
      assert.match(await page.locator("p.state").first().innerText(), /À l’étude/);
    });
