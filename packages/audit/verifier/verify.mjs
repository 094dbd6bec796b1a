// Checks this report folder with nothing but Node: node verify.mjs [folder]
// Checks proof files against its roots:            node verify.mjs --proof proof.json [folder]
//
// What is checked: the size and SHA-256 of every file against manifest.json; every line of journal.jsonl (canonical,
// numbered, balanced, in the chain of block digests); that trial-balance.csv is the sum of the postings; that layers
// and uncovered make each write-off, and losses and dust each table of haircuts; that liabilities.csv ties to the
// books; and the roots of roots.json. Whoever can change the folder can change this file and the manifest too:
// compare the journal digest and this file's digest, which are printed, with a copy from elsewhere.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const failures = [];
const fail = (file, where, reason) => {
  failures.push(`${file}${where ? `, ${where}` : ""}: ${reason}`);
};
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const isUnits = (text) => typeof text === "string" && /^-?\d+$/.test(text);
const sumOf = (units, start = 0n) => units.reduce((sum, each) => sum + each, start);

/** Canonical JSON: keys sorted, no spaces. */
function canonical(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fields of a line of CSV. */
function fieldsOf(line) {
  const fields = line.match(/("([^"]|"")*"|[^",]*)(,|$)/g) ?? [];
  if (!line.endsWith(",")) fields.pop();
  return fields
    .map((field) => field.replace(/,$/, ""))
    .map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}

/** Hands every line of a file to `take` with its place; returns the file's size and digest. */
async function readLines(path, file, take) {
  const hash = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [bytes, number, rest] = [0, 0, []];
  const line = (pieces) => {
    const data = Buffer.concat(pieces);
    number++;
    const where = `line ${number} at byte ${bytes}`;
    bytes += data.length + 1;
    try {
      take(decoder.decode(data), where);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      fail(file, where, "is not UTF-8");
    }
  };
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    size += chunk.length;
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      line([...rest, chunk.subarray(from, at)]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) line(rest);
  return { bytes: size, sha256: hash.digest("hex") };
}

// The journal ---------------------------------------------------------------------------------------------------

const journals = [];
/** Balances by history, pool, account and commodity. */
const balances = new Map();

function journalLine(text, where) {
  const bad = (reason) => fail("journal.jsonl", where, reason);
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return bad("is not one JSON object");
  if (canonical(value) !== text) bad("is not in canonical form");
  if ("format" in value) {
    const { format, history, ...header } = value;
    if (format !== "shortfall-journal/1") bad(`names the format ${format}`);
    if (journals.length > 0) endJournal(where);
    const digest = sha256(canonical(header));
    journals.push({
      history,
      digest,
      entries: 0,
      sealed: 0,
      blocks: 0,
      tree: [],
      hash: createHash("sha256").update(digest),
    });
    return;
  }
  const journal = journals.at(-1);
  if (!journal) return bad("comes before the header of a journal");
  if ("block" in value) return blockLine(journal, value.block, bad);
  journal.hash.update(`\n${text}`);
  addLeaf(journal.tree, sha256(`\u0000${text}`));
  if (value.sequence !== journal.entries) bad(`has sequence ${value.sequence}, not ${journal.entries}`);
  journal.entries++;
  const sums = new Map();
  for (const { pool, account, commodity, amount } of Array.isArray(value.postings) ? value.postings : []) {
    if (!isUnits(amount)) return bad("has a posting that is not readable");
    add(sums, `${pool} ${commodity}`, BigInt(amount));
    add(balances, canonical([journal.history, pool, account, commodity]), BigInt(amount));
  }
  for (const [side, sum] of sums) if (sum !== 0n) bad(`does not balance: off by ${sum} in ${side}`);
}

const add = (sums, key, amount) => sums.set(key, (sums.get(key) ?? 0n) + amount);

function blockLine(journal, block, bad) {
  const digest = journal.hash.digest("hex");
  const count = journal.entries - journal.sealed;
  const expected = { index: journal.blocks, first: journal.sealed, count, previous: journal.digest, digest };
  if (canonical(block) !== canonical(expected)) {
    bad(`is not the digest of entries ${journal.sealed} to ${journal.entries - 1}: they give ${digest}`);
  }
  Object.assign(journal, {
    digest,
    sealed: journal.entries,
    blocks: journal.blocks + 1,
    hash: createHash("sha256").update(digest),
  });
}

function endJournal(where) {
  const { history, entries, sealed } = journals.at(-1);
  if (entries !== sealed)
    fail("journal.jsonl", where, `${history} ends ${entries - sealed} entries after its last block`);
}

/** Merkle tree of RFC 9162 as a stack of perfect subtrees. Leaf: byte 0 and line; node: byte 1 and both hashes in hex. */
function addLeaf(stack, hash) {
  let last = { hash, size: 1 };
  while (stack.at(-1)?.size === last.size) {
    const left = stack.pop();
    last = { hash: sha256(`\u0001${left.hash}${last.hash}`), size: 2 * last.size };
  }
  stack.push(last);
}

const treeRoot = (stack) =>
  stack
    .map(({ hash }) => hash)
    .reduceRight(
      (right, left) => (right === undefined ? left : sha256(`\u0001${left}${right}`)),
      undefined,
    ) ?? sha256("");

// Tables --------------------------------------------------------------------------------------------------------

/** A table of rows that are closed by a last one: calls `close` with the head, its rows and the last. */
function closedTable(file, headWidth, kinds, close) {
  let [head, rows, last] = [undefined, [], undefined];
  return {
    line(text, where) {
      const fields = fieldsOf(text);
      last = where;
      if (head === undefined) head = fields;
      else if (fields.length !== head.length)
        fail(file, where, `has ${fields.length} fields, not ${head.length}`);
      else {
        const row = Object.fromEntries(head.map((column, k) => [column, fields[k]]));
        const key = canonical(fields.slice(0, headWidth));
        if (rows.length > 0 && rows[0].key !== key)
          fail(file, where, "begins a table before the last one is closed");
        if (row.kind === kinds[0]) rows.push({ key, row });
        else if (row.kind === kinds[1]) {
          close(
            rows.map((each) => each.row),
            row,
            where,
          );
          rows = [];
        } else fail(file, where, `is neither ${kinds[0]} nor ${kinds[1]}`);
      }
    },
    end() {
      if (rows.length > 0) fail(file, last, "ends within a table");
    },
  };
}

const unitsIn = (file, where, text) => {
  if (isUnits(text)) return BigInt(text);
  fail(file, where, `holds ${text} where an amount belongs`);
  return 0n;
};

const haircuts = closedTable("haircuts.csv", 6, ["holder", "dust"], (rows, dust, where) => {
  const units = (text) => unitsIn("haircuts.csv", where, text);
  const sum = sumOf(
    rows.map(({ loss }) => units(loss)),
    units(dust.loss),
  );
  if (sum !== units(dust.absorbed))
    fail("haircuts.csv", where, `losses and dust sum to ${sum}, not ${dust.absorbed}`);
});

/** What each class is owed, with the root over its holders. */
const owed = [];
const liabilities = closedTable("liabilities.csv", 4, ["holder", "rounding"], (rows, rounding, where) => {
  const units = (text) => unitsIn("liabilities.csv", where, text);
  const { history, pool, class: name, asset } = rounding;
  const holders = rows.map(({ account, assets }) => ({ account, assets: units(assets) }));
  const total = sumOf(holders.map(({ assets }) => assets));
  owed.push({
    history,
    pool,
    class: name,
    asset,
    total,
    rounding: units(rounding.assets),
    where,
    holders: holders.length,
    root: sumTreeRoot({ pool, class: name, asset, holders }),
  });
});

function writeOffs(text) {
  const rows = parsed(text);
  if (!Array.isArray(rows)) return fail("writeoffs.json", "", "is not a list");
  rows.forEach((row, index) => {
    const where = `line ${index + 2}`;
    const units = (value) => unitsIn("writeoffs.json", where, value);
    const taken = sumOf(
      row.layers.map(({ amount }) => units(amount)),
      units(row.uncovered),
    );
    if (taken !== units(row.recomputed))
      fail("writeoffs.json", where, `${row.id}: layers and uncovered sum to ${taken}, not ${row.recomputed}`);
    if (units(row.recomputed) - units(row.reported) !== units(row.difference))
      fail("writeoffs.json", where, `${row.id}: the difference is not ${row.difference}`);
  });
}

function trialBalance(lines) {
  const left = new Map(balances);
  lines.slice(1).forEach(({ text, where }) => {
    const [history, pool, account, commodity, balance] = fieldsOf(text);
    const key = canonical([history, pool, account, commodity]);
    if (`${left.get(key)}` !== balance)
      fail("trial-balance.csv", where, `says ${balance}; the postings sum to ${left.get(key) ?? "nothing"}`);
    left.delete(key);
  });
  for (const key of left.keys()) fail("trial-balance.csv", "", `leaves out ${key}`);
}

function roots(text) {
  const file = parsed(text);
  const entries = journals.map(({ history, entries, tree }) => ({ history, entries, root: treeRoot(tree) }));
  const totals = owed.map(({ where: _where, rounding: _rounding, total, ...rest }) => ({
    ...rest,
    total: `${total}`,
  }));
  if (canonical(file?.entries ?? null) !== canonical(entries))
    fail("roots.json", "", "does not hold the roots of the journals' entries");
  if (canonical(file?.liabilities ?? null) !== canonical(totals))
    fail("roots.json", "", "does not hold the roots of the liabilities");
  for (const { history, pool, class: name, asset, total, rounding, where } of owed) {
    const control = -(balances.get(canonical([history, pool, `Liabilities:Suppliers:${name}`, asset])) ?? 0n);
    if (total + rounding !== control)
      fail(
        "liabilities.csv",
        where,
        `holders and rounding sum to ${total + rounding}; the books say ${control}`,
      );
  }
}

// Sum tree of liabilities ---------------------------------------------------------------------------------------

const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;
const bytesOf = (text) => Buffer.from(text.slice(2), "hex");
const word = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const leafOf = (id, balance) => ({ hash: keccak256([[0], id, word(balance)]), sum: balance });
const parentOf = (left, right) => ({
  hash: keccak256([[1], left.hash, word(left.sum), right.hash, word(right.sum)]),
  sum: left.sum + right.sum,
});
const accountOf = (account) =>
  /^0x[0-9a-fA-F]{40}$/.test(account) ? bytesOf(account) : keccak256([Buffer.from(account)]).subarray(12);

function sumTreeRoot({ pool, class: name, asset, holders }) {
  if (holders.length === 0 || holders.some(({ assets }) => assets >= 1n << 128n)) return null;
  const rows = holders.map(({ account, assets }) => `${account},${assets}`);
  const key = keccak256([Buffer.from(["shortfall-salts/1", pool, name, asset, ...rows].join("\n"))]);
  const leaves = holders.map(({ account, assets }) => {
    const bytes = accountOf(account);
    return { id: keccak256([keccak256([key, bytes]), bytes]), assets };
  });
  leaves.sort((a, b) => Buffer.compare(a.id, b.id));
  let level = leaves.map(({ id, assets }) => leafOf(id, assets));
  const empty = leafOf(Buffer.alloc(32), 0n);
  while ((level.length & (level.length - 1)) !== 0) level.push(empty);
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, k) => parentOf(level[2 * k], level[2 * k + 1]));
  }
  return hex(level[0].hash);
}

/** keccak-256 of byte arrays in sequence; lanes of 64 bits as pairs of 32, low half first. */
function keccak256(parts) {
  const data = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const padded = Buffer.alloc((Math.floor(data.length / 136) + 1) * 136);
  data.copy(padded);
  padded[data.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const state = new Uint32Array(50);
  for (let at = 0; at < padded.length; at += 136) {
    for (let k = 0; k < 34; k++) state[k] ^= padded.readUInt32LE(at + 4 * k);
    permute(state);
  }
  const digest = Buffer.alloc(32);
  for (let k = 0; k < 8; k++) digest.writeUInt32LE(state[k], 4 * k);
  return digest;
}

function permute(lanes) {
  const [columns, row] = [new Uint32Array(10), new Uint32Array(10)];
  const turned = (low, high, by) => {
    if (by >= 32) [low, high, by] = [high, low, by - 32];
    return by === 0 ? [low, high] : [(low << by) | (high >>> (32 - by)), (high << by) | (low >>> (32 - by))];
  };
  let register = 1;
  for (let round = 0; round < 24; round++) {
    for (let k = 0; k < 10; k++)
      columns[k] = lanes[k] ^ lanes[k + 10] ^ lanes[k + 20] ^ lanes[k + 30] ^ lanes[k + 40];
    for (let x = 0; x < 5; x++) {
      const after = 2 * ((x + 1) % 5);
      const before = 2 * ((x + 4) % 5);
      const [low, high] = turned(columns[after], columns[after + 1], 1);
      for (let at = 2 * x; at < 50; at += 10) {
        lanes[at] ^= columns[before] ^ low;
        lanes[at + 1] ^= columns[before + 1] ^ high;
      }
    }
    let [x, y, low, high] = [1, 0, lanes[2], lanes[3]];
    for (let step = 0; step < 24; step++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const at = 2 * (x + 5 * y);
      const moved = turned(low, high, (((step + 1) * (step + 2)) / 2) % 64);
      [low, high] = [lanes[at], lanes[at + 1]];
      [lanes[at], lanes[at + 1]] = moved;
    }
    for (let base = 0; base < 50; base += 10) {
      row.set(lanes.subarray(base, base + 10));
      for (let k = 0; k < 10; k++) lanes[base + k] = row[k] ^ (~row[(k + 2) % 10] & row[(k + 4) % 10]);
    }
    for (let bit = 0; bit < 7; bit++) {
      register = ((register << 1) ^ ((register >> 7) * 0x71)) & 0xff;
      const place = (1 << bit) - 1;
      if (register & 2) lanes[place >> 5] ^= 1 << (place & 31);
    }
  }
}

// Folder and proofs ---------------------------------------------------------------------------------------------

/** The manifest as it must be written for its list of files; undefined if it is not. */
function readManifest(folder) {
  const stored = readFileSync(join(folder, "manifest.json"), "utf8");
  const files = parsed(stored)?.files;
  if (!Array.isArray(files)) return fail("manifest.json", "", "is not a list of files");
  const digest = sha256(canonical(files));
  const text = `{"digest":"${digest}","files":[\n${files.map(canonical).join(",\n")}\n],"format":"shortfall-manifest/1"}\n`;
  if (text === stored) return files;
  const at = [...text].findIndex((character, k) => character !== stored[k]);
  return fail("manifest.json", `byte ${at === -1 ? text.length : at}`, "is not what its own digest says");
}

async function checkFolder(folder) {
  const present = readdirSync(folder);
  const files = present.includes("manifest.json")
    ? readManifest(folder)
    : fail("manifest.json", "", "is missing");
  const listed = new Map((files || []).map((file) => [file.name, file]));
  for (const name of listed.keys()) if (!present.includes(name)) fail(name, "", "is missing");
  if (files)
    for (const name of present)
      if (name !== "manifest.json" && !listed.has(name)) fail(name, "", "is not in the manifest");
  const balanceLines = [];
  const takes = {
    "journal.jsonl": journalLine,
    "haircuts.csv": haircuts.line,
    "liabilities.csv": liabilities.line,
    "trial-balance.csv": (text, where) => balanceLines.push({ text, where }),
  };
  for (const name of present.sort()) {
    if (name === "manifest.json") continue;
    const before = failures.length;
    const found = await readLines(join(folder, name), name, takes[name] ?? (() => {}));
    const { bytes, sha256: digest } = listed.get(name) ?? found;
    if (bytes !== found.bytes) fail(name, "", `has ${found.bytes} bytes, not ${bytes}`);
    // Lines that were blamed above say more.
    else if (digest !== found.sha256 && failures.length === before)
      fail(name, "", `has SHA-256 ${found.sha256}, not ${digest}`);
  }
  haircuts.end();
  liabilities.end();
  if (journals.length > 0) endJournal("");
  else fail("journal.jsonl", "", "holds no journal");
  // What follows from a damaged file would be blamed for it.
  if (failures.length > 0) return;
  writeOffs(readFileSync(join(folder, "writeoffs.json"), "utf8"));
  trialBalance(balanceLines);
  roots(readFileSync(join(folder, "roots.json"), "utf8"));
}

function proofRoot(proof) {
  if (proof.kind === "entry") {
    if (!proof.entry.endsWith(`"sequence":${proof.sequence}}`)) return undefined;
    return proof.path.reduce(
      (hash, step) => sha256(step.left ? `\u0001${step.hash}${hash}` : `\u0001${hash}${step.hash}`),
      sha256(`\u0000${proof.entry}`),
    );
  }
  const balance = BigInt(proof.balance);
  const account = accountOf(proof.account);
  const siblings = proof.path.map(({ hash, sum, left }) => ({ hash: bytesOf(hash), sum: BigInt(sum), left }));
  const sound =
    balance >= 0n &&
    balance < 1n << 128n &&
    siblings.every(({ hash, sum }) => hash.length === 32 && sum >= 0n);
  if (
    !sound ||
    sumOf(
      siblings.map(({ sum }) => sum),
      balance,
    ) !== BigInt(proof.total) ||
    BigInt(proof.total) >= 1n << 256n
  )
    return undefined;
  const root = siblings.reduce(
    (node, sibling) => (sibling.left ? parentOf(sibling, node) : parentOf(node, sibling)),
    leafOf(keccak256([bytesOf(proof.salt), account]), balance),
  );
  return hex(root.hash);
}

function checkProofs(file, folder) {
  const { format, proofs } = parsed(readFileSync(file, "utf8")) ?? {};
  if (format !== "shortfall-proof/1" || !Array.isArray(proofs)) return fail(file, "", "is not a proof file");
  const known = existsSync(join(folder, "roots.json"))
    ? parsed(readFileSync(join(folder, "roots.json"), "utf8"))
    : undefined;
  for (const [index, proof] of proofs.entries()) {
    const bad = (reason) => fail(file, `proof ${index}`, `${whatOf(proof)} ${reason}`);
    const roots = known?.[proof.kind === "entry" ? "entries" : "liabilities"];
    const own = (each) => PROVED.every((key) => proof[key] === undefined || each[key] === proof[key]);
    if (proofRoot(proof) !== proof.root) bad("does not lead to its root");
    else if (roots && !roots.some((each) => each.root === proof.root && own(each)))
      bad(`leads to ${proof.root}, which is no such root of this folder`);
    else
      console.log(
        `ok  ${whatOf(proof)}\n    root ${proof.root}${roots ? ", of this folder" : "; compare it with a copy from elsewhere"}`,
      );
  }
}

/** What a proof must say as the roots do. */
const PROVED = ["history", "entries", "pool", "class", "asset", "total"];
const whatOf = (proof) =>
  proof.kind === "entry"
    ? `entry ${proof.sequence} of ${proof.history}`
    : `${proof.account} in ${proof.pool}, ${proof.class}: ${proof.balance} of ${proof.total} ${proof.asset}`;

const self = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);
const proof = args[0] === "--proof" ? args.splice(0, 2)[1] : undefined;
const folder = args[0] ?? dirname(self);
if (proof !== undefined) checkProofs(proof, folder);
else await checkFolder(folder);
for (const failure of failures) console.log(`x  ${failure}`);
if (failures.length > 0) process.exitCode = 1;
else if (proof === undefined) {
  const digests = journals.map(({ digest }) => digest);
  const counted = (count, one) => `${count} ${one}${BigInt(count) === 1n ? "" : "s"}`;
  const blocks = counted(sumOf(journals.map((journal) => BigInt(journal.blocks))), "journal block");
  console.log(`Intact: ${blocks}, ${counted(owed.length, "table")} of liabilities, all sums hold.`);
  console.log(`Journal digest ${digests.length === 1 ? digests[0] : sha256(digests.join("\n"))}`);
  console.log(`This verifier  ${sha256(readFileSync(self))}`);
}
