import { actedAt, caseNamed, type Command, rows } from './command.ts';
import { Complaint } from './complaint.ts';
import { shown, table } from './table.ts';

/** What a tier holds of a case's personal fields, as one of its officers may see them. */
export const casePersonal: Command = {
  usage: '<id> <role or person> --tier <code>',
  zh: '本级所持该办件的个人信息，以经办人身份查看',
  en: 'the personal fields a tier holds of it, as one who handles it',
  run: async (context, caseId, person) => {
    if (person === undefined)
      throw new Complaint('请写明以谁的身份查看，见 token\nSay as whom: token shows the people.');
    const at = actedAt(context);
    const url = `${at.approval}/v1/cases/${caseNamed(caseId)}/personal`;
    const json = await context.client.get(url, person, at);
    const text = table(
      ['类型 type', '字段 field', '内容 content'],
      rows(json).flatMap((event) =>
        Object.entries(event['fields'] as object).map(([name, value]) => [
          String(event['type']).split('.')[2],
          name,
          shown(value),
        ]),
      ),
    );
    return { json, text };
  },
};
