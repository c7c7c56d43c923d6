import type { GuideChange } from '@liandong/domain/catalogue';
import type { GuideFile } from './guide-file.ts';

/** A guide as one page to print: nothing is loaded from anywhere, and nothing in it can become markup. */
export const guidePage = ({ guide, readability, since }: GuideFile): string => `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${markup(guide.title.zh)}</title>
<style>
body { font: 17px/1.7 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; border-bottom: 1px solid #999; break-after: avoid; }
li { break-inside: avoid; } del { color: #a00; } ins { color: #060; }
footer { margin-top: 2rem; font-size: .8em; color: #444; }
@media print { body { font-size: 12pt; margin: 0; max-width: none; } del, ins { color: #000; } @page { margin: 2cm; } }
</style>
</head>
<body>
<h1>${markup(guide.title.zh)}</h1>
${since === undefined ? '' : changesPart(since)}
${guide.sections
  .map(
    ({ title, lines }) => `<h2>${markup(title.zh)}</h2>\n${list(lines.map(({ text }) => markup(text.zh)))}`,
  )
  .join('\n')}
<footer>事项编码 ${markup(guide.item)}，第${guide.version}版，自${markup(guide.effectiveFrom)}起施行。可读性${readability.score}分（满分100分）。</footer>
</body>
</html>
`;

const changesPart = ({ version, changes }: NonNullable<GuideFile['since']>): string =>
  `<h2>与第${version}版相比</h2>\n${
    changes.length === 0 ? '<p>没有变化。</p>' : list(changes.map(changeMarkup))
  }`;

const changeMarkup = ({ before, after }: GuideChange): string =>
  [
    before === undefined ? '新增：' : after === undefined ? '不再要求：' : '由',
    before === undefined ? '' : `<del>${markup(before.zh)}</del>`,
    before === undefined || after === undefined ? '' : '改为',
    after === undefined ? '' : `<ins>${markup(after.zh)}</ins>`,
  ].join('');

const list = (lines: readonly string[]): string =>
  `<ul>\n${lines.map((line) => `<li>${line}</li>`).join('\n')}\n</ul>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const markup = (value: string): string => value.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** The same guide for a terminal, with what makes it hard to read. */
export const guideText = ({ guide, readability, rules, since }: GuideFile): string =>
  [
    guide.title.zh,
    ...(since === undefined
      ? []
      : [
          `\n与第${since.version}版相比`,
          ...(since.changes.length === 0 ? ['  没有变化。'] : since.changes.map(changeText)),
        ]),
    ...guide.sections.flatMap(({ title, lines }) => [
      `\n${title.zh}`,
      ...lines.map(({ text }) => `  ${text.zh}`),
    ]),
    `\n第${guide.version}版，自${guide.effectiveFrom}起施行`,
    `可读性 ${readability.score}/100：平均句长 ${readability.averageLength / 10} 字（宜在 ${rules.average} 字以内），过长的句子 ${readability.tooLong.length} 句`,
    ...readability.tooLong.map((sentence) => `  过长：${sentence}`),
    ...readability.jargon.map(
      ({ word, plain, times }) =>
        `  难懂的词“${word}”${times}处${plain === '' ? '，可以不写' : `，宜写作“${plain}”`}`,
    ),
  ].join('\n');

const changeText = ({ before, after }: GuideChange): string => {
  if (before === undefined) return `  新增：${after?.zh ?? ''}`;
  if (after === undefined) return `  不再要求：${before.zh}`;
  return `  由“${before.zh}”改为“${after.zh}”`;
};
