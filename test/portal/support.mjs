// End of support as people see it, on devices that report themselves: cases of test/end_of_support.case by their numbers.
import { rows, settled, visit } from './page.mjs';

export async function support({ page, base, check, expect, until, accessible }) {
  const json = async (path) => (await fetch(`${base}/api/${path}`)).json();
  const of = (name, os, ...software) => JSON.stringify({ merlon_report: 1, identifier: name, name, group: 'Support', os, software: software.map(([what, version]) => ({ source: 'programs', name: what, version })) });
  // All at once: what one pass matches is not waited for until the next.
  const report = async (...devices) => {
    const answer = await fetch(`${base}/api/merlon/reports`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: devices.join('\n') });
    expect(answer.ok, `${answer.status}`);
  };
  const windows = (version, edition) => ({ distribution: 'windows', platform: version.startsWith('10.0.2') ? 'Windows11' : 'Windows10', version, edition });
  const product = 'adobe-_-coldfusion';
  const versionsOf = async (id) => (await json(`software/${id}/distributions`)).value ?? [];
  const tagsOf = async (id) => (await json(`software?$filter=id eq '${id}'`)).value[0]?.tags ?? [];
  const devicePage = async (name) => {
    const { value } = await json(`machines?$filter=computerDnsName eq '${name}'&$select=id`);
    await visit(page, base, `/devices/${value[0].id}`);
    return page.locator('.facts').first();
  };
  const fact = (facts, name) => facts.locator('div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd');

  await check('1, 5: one version ended and one did not: the product is tagged, and the filtered distribution has the ended one alone', async () => {
    await report(of('zz-eos-1', windows('10.0.26100.1', 'Enterprise'), ['Adobe ColdFusion 2018', '2018.0.1']),
      of('zz-eos-2', windows('10.0.26100.1', 'Enterprise'), ['Adobe ColdFusion 2025', '2025.0.1'], ['Acme Quux', '5']),
      of('zz-ltsc', windows('10.0.26100.1', 'Enterprise LTSC')), of('zz-pro', windows('10.0.26100.1', 'Pro')), of('zz-esu', windows('10.0.19045.1', 'Enterprise')));
    await until(async () => (await tagsOf(product)).includes('EOS versions') && (await versionsOf('acme_quux-_-acme_quux')).length === 1, async () => JSON.stringify([await tagsOf(product), await versionsOf('acme_quux-_-acme_quux')]));
    await visit(page, base, `/software?q=coldfusion`);
    await rows(page).filter({ hasText: 'EOS versions' }).waitFor();
    await visit(page, base, `/software/${product}?tab=versions&support=ended&support=soon`);
    const texts = await rows(page).allInnerTexts();
    expect(texts.length === 1 && /^2018[\s\S]*EOS version/.test(texts[0]), texts.join(' | '));
    await rows(page).first().click();
    const panel = page.getByRole('dialog', { name: /2018/ });
    await panel.getByText('End of support date').waitFor();
    await panel.getByText('What came with Merlon').waitFor();
    await accessible();
  });

  await check('6: the last bad device is upgraded: tag and advice go, and the timeline says so', async () => {
    await report(of('zz-eos-1', windows('10.0.26100.1', 'Enterprise'), ['Adobe ColdFusion 2025', '2025.0.1']));
    await until(async () => !(await tagsOf(product)).some((tag) => /EOS/.test(tag)), async () => JSON.stringify(await tagsOf(product)));
    await visit(page, base, `/recommendations?q=coldfusion&tags=EOS+versions`);
    await page.getByText('Nothing fits').waitFor();
    await visit(page, base, '/timeline');
    await page.getByText(/^No device has a version of .*ColdFusion out of support/i).first().waitFor();
  });

  await check('7: a long-term edition of the same build has its own date', async () => {
    const ltsc = fact(await devicePage('zz-ltsc'), 'End of support');
    await ltsc.getByText('2029').waitFor();
    expect(!/EOS/.test(await ltsc.innerText()), await ltsc.innerText());
    const pro = fact(await devicePage('zz-pro'), 'End of support');
    await pro.getByText('EOS version').waitFor();
    expect(/2026/.test(await pro.innerText()), await pro.innerText());
  });

  await check('8: extended support that is paid for counts at once, for a device and for a group, and is taken back', async () => {
    let facts = await devicePage('zz-esu');
    await fact(facts, 'End of support').getByText('EOS version').waitFor();
    await fact(facts, 'Extended support').getByRole('button', { name: 'Mark as paid for' }).click();
    await fact(facts, 'End of support').getByText('with extended support').waitFor();
    expect(/2028/.test(await fact(facts, 'End of support').innerText()), await fact(facts, 'End of support').innerText());
    await accessible();
    await fact(facts, 'Extended support').getByRole('button', { name: 'Take back' }).click();
    await fact(facts, 'End of support').getByText('EOS version').waitFor();
    await visit(page, base, '/settings?tab=groups&open=Support');
    const panel = page.getByRole('dialog', { name: 'Support' });
    await panel.getByRole('button', { name: 'Mark as paid for' }).click();
    await panel.getByText('Paid for since').waitFor();
    facts = await devicePage('zz-esu');
    await fact(facts, 'End of support').getByText('with extended support').waitFor();
  });

  await check('11: two tags at once are their union', async () => {
    const tagged = async (...tags) => (await json(`recommendations?$select=id&$filter=${encodeURIComponent(tags.map((tag) => `tags/any(t: t eq '${tag}')`).join(' or '))}`)).value.length;
    const [ended, soon, both] = [await tagged('EOS versions'), await tagged('Upcoming EOS versions'), await tagged('EOS versions', 'Upcoming EOS versions')];
    expect(ended > 0 && both >= ended && both >= soon && both <= ended + soon, `${ended} ${soon} ${both}`);
    await visit(page, base, '/recommendations?tags=EOS+versions&tags=Upcoming+EOS+versions');
    const shown = Number.parseInt((await page.textContent('.list-count')).replaceAll(',', ''), 10);
    expect(shown === both, `${shown} shown, ${both} wanted`);
  });

  await check('12: a product that nobody knows: no tag, and it is counted', async () => {
    await visit(page, base, '/software?q=quux');
    expect(!/EOS/.test(await rows(page).first().innerText()), await rows(page).first().innerText());
    await page.getByText(/no life-cycle data for [1-9][\d,]* versions of/).waitFor();
    await visit(page, base, '/software/acme_quux-_-acme_quux?tab=versions&support=unknown&open=5');
    await page.getByRole('dialog').getByText('No life-cycle data').first().waitFor();
    await settled(page);
  });
}
