// Walks through every page and state in a real browser; `scripts/pictures` says how to start it.
//
// States that depend on luck, such as a failing server, are made by answering the page's calls here.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { BASE, EMPTY, ONLY, TOOLS, CHROMIUM = "/usr/bin/chromium" } = process.env;
const require = createRequire(join(TOOLS, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const OUT = "target/pictures";
const wanted = (ONLY ?? "").split(",").filter(Boolean);

const SIZES = { 360: { width: 360, height: 780 }, 1440: { width: 1440, height: 900 } };
const LANGUAGES = {
  en: { locale: "en-US", timezoneId: "America/New_York", name: "Maya Thompson" },
  ko: { locale: "ko-KR", timezoneId: "Asia/Seoul", name: "박민서" },
};

const test = (name) => `[data-testid=${name}]`;
const problem = (status, body) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "made up", status, ...body }),
});

const failures = [];
mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  for (const [language, { locale, timezoneId, name }] of Object.entries(LANGUAGES)) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ["light", "dark"]) {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          locale,
          timezoneId,
          reducedMotion: "reduce",
          hasTouch: size === "360",
          isMobile: size === "360",
        });
        context.setDefaultTimeout(10_000);
        await walk(context, `${language}-${size}-${colorScheme}`, { name, isNarrow: size === "360" });
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
}
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exit(1);
}

async function walk(context, look, { name, isNarrow }) {
  // Each state begins on a fresh page, so that none leans on another.
  async function state(title, path, steps, { isDialog = true } = {}) {
    if (wanted.length > 0 && !wanted.some((word) => title.includes(word))) return;
    const page = await context.newPage();
    page.on("pageerror", (error) => failures.push(`${look} ${title}: ${error.message}`));
    page.on("console", (message) => {
      const isExpected = /status of (404|409|422|429|500|503)|ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(message.text());
      if (message.type() === "error" && !isExpected) failures.push(`${look} ${title}: ${message.text()}`);
    });
    try {
      await page.goto(path.startsWith("http") ? path : BASE + path);
      await steps(page);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(OUT, `${title}-${look}.png`), fullPage: !isDialog });
      await check(page, `${look} ${title}`);
    } catch (error) {
      failures.push(`${look} ${title}: ${error.message.split("\n")[0]}`);
      await page.screenshot({ path: join(OUT, `${title}-${look}-BROKEN.png`) });
    }
    await page.close();
  }
  const shot = (title, path, steps = async () => {}) => state(title, path, steps, { isDialog: false });

  /** Opens the dialog; `answer` stands in for the server's availability. */
  async function open(page, { answer = null, card = 0 } = {}) {
    if (answer) await page.route("**/api/availability?*", answer);
    await page.locator("[data-book]").nth(card).click();
  }
  async function times(page, options) {
    await open(page, options);
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
    if (isNarrow) await page.locator(".booker-foot button").click();
    await page.locator(`${test("slot")}[data-status=open]`).first().waitFor();
  }
  async function chosen(page, options) {
    await times(page, options);
    await page.locator(`${test("slot")}[data-status=open]`).nth(1).click();
  }
  async function form(page, options) {
    await chosen(page, options);
    await page.locator(test("continue")).click();
    await page.locator("#name").waitFor();
  }
  async function filled(page, options) {
    await form(page, options);
    await page.fill("#name", name);
    await page.fill("#email", "reader@example.com");
    await page.fill("#message", "…");
  }
  async function answered(page, answer) {
    await page.route("**/api/bookings", answer);
    await filled(page);
    await page.locator(test("confirm")).click();
  }

  await shot("home", "/");
  if (EMPTY) await shot("home-empty", `${EMPTY}/`);
  await shot("not-found", "/no-such-page");
  await shot("docs", "/docs");

  await state("booker-loading", "/", (page) => open(page, { answer: () => {} }));
  await state("booker-month", "/", async (page) => {
    await open(page);
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
  });
  await state("booker-choice-of-sessions", "/", async (page) => {
    const card = page.locator(".card", { has: page.locator("[data-session-type] + [data-session-type]") }).first();
    await card.locator("[data-book]").click();
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
  });
  await state("booker-none", "/", (page) =>
    open(page, { answer: (route) => route.fulfill({ json: { days: [], next_available: null } }) }),
  );
  await state("booker-none-this-month", "/", async (page) => {
    await open(page);
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
    await page.unroute("**/api/availability?*");
    await page.route("**/api/availability?*", (route) => {
      const from = new URL(route.request().url()).searchParams.get("from");
      const next = `${Number(from.slice(0, 4)) + 1}-01-12T09:00:00Z`;
      return route.fulfill({ json: { days: [], next_available: next } });
    });
    for (let months = 0; months < 3; months++) await page.locator(test("next-month")).click();
    await page.locator(".month-cover").waitFor();
  });
  await state("booker-error", "/", async (page) => {
    await open(page, { answer: (route) => route.fulfill(problem(500, {})) });
    await page.locator(".month-cover[data-kind=failed]").waitFor();
  });
  await state("booker-offline", "/", async (page) => {
    await open(page, { answer: (route) => route.abort("internetdisconnected") });
    await page.locator(".month-cover[data-kind=failed]").waitFor();
  });
  await state("booker-zones", "/", async (page) => {
    await open(page);
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
    await page.locator(test("zone")).click();
  });
  await state("booker-times", "/", (page) => times(page));
  await state("booker-chosen", "/", (page) => chosen(page));
  await state("booker-far-away", "/", (page) => chosen(page, { card: 1 }));
  await state("form", "/", (page) => form(page));
  await state("form-errors", "/", async (page) => {
    await form(page);
    await page.fill("#email", "reader@");
    await page.locator(test("confirm")).click();
  });
  await state("form-sending", "/", (page) => answered(page, () => {}));
  await state("form-just-taken", "/", async (page) => {
    await page.route("**/api/bookings", (route) => {
      const start = Date.parse(route.request().postDataJSON().start);
      const alternatives = [1, 2, 48].map((half) => new Date(start + half * 1_800_000).toISOString());
      return route.fulfill(problem(409, { code: "slot_taken", alternatives }));
    });
    await filled(page);
    await page.locator(test("confirm")).click();
    await page.locator(test("just-taken")).waitFor();
  });
  for (const [title, answer] of Object.entries({
    "form-limit": (route) => route.fulfill(problem(429, { code: "limit_email" })),
    "form-too-soon": (route) => route.fulfill(problem(422, { code: "too_soon" })),
    "form-unreachable": (route) => route.fulfill(problem(503, { code: "calendar_unreachable" })),
    "form-offline": (route) => route.abort("internetdisconnected"),
  })) {
    await state(title, "/", async (page) => {
      await answered(page, answer);
      await page.locator(".notice-place .notice").waitFor();
    });
  }

  // From here on the booking is real.
  let manage = null;
  await state("done", "/", async (page) => {
    await filled(page);
    await page.locator(test("confirm")).click();
    await page.locator(test("done")).waitFor();
    manage = await page.locator(test("manage-link")).evaluate((link) => link.pathname + link.search);
  });
  if (!manage) return;
  await shot("manage", manage);
  await state("move-times", manage, async (page) => {
    await page.locator(test("reschedule")).click();
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
  });
  await state("move-confirm", manage, async (page) => {
    await page.locator(test("reschedule")).click();
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
    if (isNarrow) await page.locator(".booker-foot button").click();
    await page.locator(`${test("slot")}[data-status=open]`).nth(2).click();
    await page.locator(test("continue")).click();
  });
  await shot("moved", manage, async (page) => {
    await page.locator(test("reschedule")).click();
    await page.locator("td[aria-selected=true] .day[data-state=open]").waitFor();
    if (isNarrow) await page.locator(".booker-foot button").click();
    await page.locator(`${test("slot")}[data-status=open]`).nth(2).click();
    await page.locator(test("continue")).click();
    await page.locator(test("confirm")).click();
    await page.locator(".notice.success").waitFor();
  });
  await state("cancel-question", manage, (page) => page.locator(test("cancel")).click());
  await shot("cancelled", manage, async (page) => {
    await page.locator(test("cancel")).click();
    await page.fill("#reason", name);
    await page.locator(test("confirm-cancel")).click();
    await page.locator(".notice.success").waitFor();
  });
}

async function check(page, title) {
  // The page's own policy forbids inline script; evaluate runs outside of it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, nodes } of violations) {
    failures.push(`${title}: axe ${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
  }
  const overflow = await page.evaluate(() => {
    const root = document.documentElement;
    const dialog = document.querySelector("dialog[open]");
    return root.scrollWidth > root.clientWidth || (dialog && dialog.scrollWidth > dialog.clientWidth);
  });
  if (overflow) failures.push(`${title}: wider than the screen`);
}
