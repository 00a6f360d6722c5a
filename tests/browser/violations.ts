/**
 * What axe-core finds wrong in a page, for people who do not see it, or do not
 * use a mouse: WCAG 2.2 AA and the like.
 *
 * @module
 */

import axe from "npm:axe-core@4";
import type { Page } from "npm:playwright-core@1";

/** How a page may be looked at. */
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [1440, 390];

/**
 * Has axe-core look at a page as it is, in light and dark, on a desk and on a
 * phone. The page's policy lets no script in; the browser's protocol does.
 *
 * @param page The page.
 * @returns Each violation that is serious or critical: how the page was looked
 * at, the rule, and the element. Empty where all is well.
 */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(RUN) as string[];
      found.push(
        ...violations.map((text) => `${colorScheme} ${width}: ${text}`),
      );
    }
  }
  return found;
}

/** Two frames later the page has been laid out anew. */
const RUN = `(async () => {
  const waitFrame = () => new Promise(requestAnimationFrame);
  await waitFrame();
  await waitFrame();
  const { violations } = await axe.run({ preload: false });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + " " + target + ": " + failureSummary));
})()`;
