const ATTEMPTS = 5;

/**
 * Posts a line, and again until it is acknowledged. The key names the event: a receiver that has seen it acknowledges
 * it once more and does nothing.
 */
export async function postTo(url: string, body: string, key: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body,
    });
    await response.arrayBuffer();
    if (response.ok) return;
    if (attempt === ATTEMPTS)
      throw new Error(`${key} was refused ${ATTEMPTS} times, last with ${response.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 2 ** attempt));
  }
}
