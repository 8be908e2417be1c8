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

const photo = (name, size) => ({ name, mimeType: "image/jpeg", buffer: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(size, 7)]) });

/** What leaves the page goes so slowly. */
const slow = async (page, bytesPerSecond) => {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
};

test("a file goes as soon as it is chosen, is seen to go, and may be stopped", async () => {
  const page = await begin();
  await slow(page, 200_000);
  await page.setInputFiles("#f2", photo("rue.jpg", 400_000));
  await page.getByText("Envoi de rue.jpg").waitFor();
  await page.waitForFunction(() => document.querySelector("#f2-envoi").value > 10);
  await look(page, "file-on-its-way");
  await page.getByRole("button", { name: "Annuler l’envoi" }).click();
  await page.getByText("Envoi annulé.").waitFor();
  assert.equal(await page.locator("#f2").evaluate((input) => input.files.length), 0);
  await page.setInputFiles("#f2", photo("place.jpg", 200_000));
  await page.getByText("Document enregistré : place.jpg").waitFor();
  assert.match(await page.innerText("p.kept"), /place\.jpg \(200,0 Ko\)|place\.jpg \(200 Ko\)/);
  await page.reload(); // it is kept
  assert.match(await page.innerText("p.kept"), /place\.jpg/);
  await page.context().close();
});

test("a page that is sent while a file goes waits for it; a file that is refused is told at once", async () => {
  const page = await begin();
  await page.setInputFiles("#f1", { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("bonjour") });
  await page.getByText("Le fichier « note.txt » n’est pas accepté.").waitFor();
  await slow(page, 200_000);
  await page.setInputFiles("#f1", pdf("bail.pdf"));
  await page.setInputFiles("#f2", photo("rue.jpg", 300_000));
  await go(page);
  const shown = await page.innerText("main");
  assert.ok(shown.includes("bail.pdf") && shown.includes("rue.jpg"), shown);
  await page.context().close();
});
