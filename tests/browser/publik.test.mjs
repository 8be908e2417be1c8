// Real Publik forms, imported as they are: filed on a phone, with and without JavaScript, treated by an agent to an end status.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Counter, corpus, file, launch, password, person, signIn, stores, treat } from "./support.mjs";

const forms = ["demande-fut-a-compost", "demande-alarme-habitation", "renonciation-de-concession", "demande-compteur-d-eau",
  "demande-declaration-de-residence-secondaire", "demande-declaration-de-tanks-et-reservoirs", "registre-des-etoiles"];
const folder = join(corpus, "publik");
const skip = existsSync(folder) ? false : `the corpus is not there: ${folder}`;
const counters = {};
let browser;

const open = async (store) => {
  const counter = (counters[store] = new Counter(store));
  counter.cli("import", "publik", folder, "--site", "commune");
  counter.cli("user", "create", "--email", "admin@commune.example", "--name", "Ada Min", "--site", "commune", "--admin", "--password", password);
  await counter.start();
};

before(async () => {
  if (skip) return;
  browser = await launch();
  for (const store of stores) await open(store);
});
after(async () => {
  await browser?.close();
  for (const counter of Object.values(counters)) await counter.stop();
});

const tab = async (javaScriptEnabled) => {
  const context = await person(browser, { javaScriptEnabled });
  context.setDefaultTimeout(20000);
  context.on("page", (page) => page.on("dialog", (dialog) => dialog.accept()));
  return context.newPage();
};

for (const store of stores)
  for (const javaScriptEnabled of [true, false])
    test(`seven forms, ${javaScriptEnabled ? "with" : "without"} JavaScript, ${store}`, { skip }, async (t) => {
      const office = await tab(javaScriptEnabled);
      await signIn(office, counters[store], "commune", "admin@commune.example");
      for (const slug of forms)
        await t.test(slug, async () => {
          const resident = await tab(javaScriptEnabled);
          const code = await file(resident, counters[store], "commune", slug);
          assert.match(code, /^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]$/);
          assert.ok(await treat(office, counters[store], "commune", code));
          await resident.context().close();
        });
      await office.context().close();
    });
