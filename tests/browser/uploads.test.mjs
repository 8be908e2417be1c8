// Several files in one field: they come, stay and go one by one, with and without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Counter, go, launch, look, tab } from "./support.mjs";

const form = {
  kind: "form", slug: "essai", name: "Dossier", workflow: "_default", confirmation: true,
  fields: [
    { id: "1", type: "file", label: "Justificatifs", max_files: 3, document_type: { label: "PDF ou JPEG", mimetypes: ["application/pdf", "image/jpeg"] } },
    { id: "2", type: "file", label: "Photo du lieu", required: "optional", camera: true, max_file_size: "20 Mo" },
  ],
};
const pdf = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.concat([
  Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%${name}\n`), Buffer.from("trailer<</Root 1 0 R>>\n%%EOF\n")]) });

const counter = new Counter();
let browser;

before(async () => {
  counter.site({ slug: "ville", name: "Ville", kind: "commune", hosts: ["ville.localhost"], settings: {} });
  counter.define("ville", form);
  await counter.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await counter.stop();
});

const begin = async (options = {}) => {
  const page = await tab(browser, options);
  await page.goto(counter.url("ville", "/demarches/essai/1/"));
  return page;
};

for (const javaScriptEnabled of [true, false])
  test(`several files come and go ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const page = await begin({ javaScriptEnabled });
    assert.equal(await page.getAttribute("#f2", "capture"), "environment");
    await page.setInputFiles("#f1", [pdf("bail.pdf"), pdf("facture.pdf")]);
    await go(page);
    assert.deepEqual((await page.locator("dd").first().innerText()).split("\n").map((line) => line.split(" (")[0]), ["bail.pdf", "facture.pdf"]);
    await page.getByRole("link", { name: /Modifier Justificatifs/ }).click();
    await page.getByLabel("Retirer bail.pdf").check();
    await page.setInputFiles("#f1", [pdf("avis.pdf")]);
    if (javaScriptEnabled) await look(page, "files");
    await go(page);
    const shown = await page.innerText("main");
    assert.ok(!shown.includes("bail.pdf") && shown.includes("facture.pdf") && shown.includes("avis.pdf"), shown);
    await go(page, "Envoyer ma demande");
    assert.match(await page.innerText("p.code"), /-/);
    await page.context().close();
  });
