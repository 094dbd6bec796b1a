/** Text of a packed data block, or undefined if the page has none of that name. */
export async function blockText(id: string): Promise<string | undefined> {
  const block = document.getElementById(id);
  if (!block) return undefined;
  const binary = atob(block.textContent ?? "");
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
