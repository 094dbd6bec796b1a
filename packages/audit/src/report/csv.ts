/** A CSV line (RFC 4180): quoted where a field holds a comma, a quote or a line end. */
export const csvLine = (fields: readonly (string | number | bigint)[]): string =>
  `${fields.map((field) => quoted(String(field))).join(",")}\n`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Fields of one CSV line as `csvLine` writes it, or undefined if it is not well formed. */
export function parseCsvLine(line: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let text = "";
      let end = line.indexOf('"', at + 1);
      while (end !== -1 && line[end + 1] === '"') {
        text += line.slice(at + 1, end + 1);
        at = end + 1;
        end = line.indexOf('"', at + 1);
      }
      if (end === -1) return undefined;
      fields.push(text + line.slice(at + 1, end));
      at = end + 1;
    } else {
      const end = line.indexOf(",", at);
      const field = end === -1 ? line.slice(at) : line.slice(at, end);
      if (field.includes('"')) return undefined;
      fields.push(field);
      at = end === -1 ? line.length : end;
    }
    if (at >= line.length) return fields;
    if (line[at] !== ",") return undefined;
    at++;
  }
}
