// Every circuit of the corpus, drawn: on a phone and on a desktop no label overlaps another or leaves its box, no line runs over a box
// that it does not join.
//   node --test tests/long/circuits.test.mjs       GUICHET_SHOTS=FOLDER: pictures too
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { clashes, Counter, corpus, desktop, launch, password, phone, release, root, signIn, tab } from "../browser/support.mjs";

const folder = join(corpus, "publik");
const skip = existsSync(folder) ? false : `the corpus is not there: ${folder}`;
const shots = process.env.GUICHET_SHOTS;
let browser, counter, page, slugs;

before(async () => {
  if (skip) return;
  counter = new Counter("sqlite", release);
  counter.cli("site", "set", join(root, "tests/support/commune.json"));
  counter.cli("import", "publik", folder, "--site", "commune");
  counter.cli("user", "create", "--email", "admin@commune.example", "--name", "Ada Min", "--site", "commune", "--admin", "--password", password);
  await counter.start();
  browser = await launch();
  page = await tab(browser);
  await signIn(page, counter, "commune", "admin@commune.example");
  await page.goto(counter.url("commune", "/administration/definitions/"));
  slugs = await page.locator('a[href*="/definitions/workflow/"]').evaluateAll((all) => all.map((one) => one.getAttribute("href").split("/").at(-2)));
});
after(async () => {
  await browser?.close();
  await counter?.stop();
});

test("no label of any circuit overlaps another", { skip }, async () => {
  assert.ok(slugs.length > 20, `${slugs.length} circuits`);
  for (const slug of slugs) {
    await page.goto(counter.url("commune", `/administration/circuits/${slug}/`));
    for (const viewport of [phone, desktop]) {
      await page.setViewportSize(viewport);
      assert.deepEqual(await clashes(page), [], slug);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, `${slug}: wider than the screen`);
    }
    if (!shots) continue;
    mkdirSync(shots, { recursive: true });
    await page.locator("svg.circuit").screenshot({ path: join(shots, `${slug}.png`) });
  }
});
