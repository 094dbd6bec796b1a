import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildClaimTree,
  CLAIM_FAMILIES,
  type Claim,
  ClaimError,
  claimFamily,
  claimTreeCsv,
  dumpClaimTree,
  indexedMulti,
  ozStandardV1,
  packed,
  parseClaims,
  parseClaimsCsv,
  singleClaim,
  verifyClaim,
} from "./index.js";

const vectors = new URL("../../../testing/vectors/", import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, vectors), "utf8"));
const address = (k: number): string => `0x${(k + 1).toString(16).padStart(40, "0")}`;

describe("the Fuse redemption of 2022", () => {
  const roots = json("rari-fuse-redemption/roots.json") as Record<string, string>;
  const proofs = json("rari-fuse-redemption/proofs.json") as Record<string, Record<string, string[]>>;

  it("gives every published root, and every published proof verifies", () => {
    const lists = parseClaims(json("rari-fuse-redemption/balances.json"));
    expect(lists.length).toBe(Object.keys(roots).length);
    let proven = 0;
    for (const { name, claims } of lists) {
      const tree = buildClaimTree(packed, claims);
      expect(tree.root, name).toBe(roots[name]);
      claims.forEach((claim, index) => {
        const proof = proofs[name]![claim.account]!;
        expect(verifyClaim(packed, tree.root, claim, index, proof)).toBe(true);
        expect(tree.proof(index)).toEqual(proof);
        proven++;
      });
    }
    expect(proven).toBe(55);
  });
});

describe("the Euler redemption of 2023", () => {
  it.each([
    ["merkle-tree-2.json", "0xdadaadb3446af552ec016f22e2879ec3a83927cb9c273738d25c854aea8cef99"],
    ["merkle-tree-3.json", "0x52588f6e6c8beeef36e13494be73c312e7482923e7cc10e88938ad39d0959c20"],
  ])("%s has the root %s", (file, root) => {
    const [list] = parseClaims(json(`euler-redemption/${file}`));
    expect(buildClaimTree(indexedMulti, list!.claims).root).toBe(root);
  });
});

describe("OpenZeppelin standard-v1", () => {
  it("gives the root that their library prints for its own two-leaf example", () => {
    // @openzeppelin/merkle-tree 1.0.8, StandardMerkleTree.of(values, ["address", "uint256"]).root
    const claims = [
      singleClaim("0x1111111111111111111111111111111111111111", 5000000000000000000n),
      singleClaim("0x2222222222222222222222222222222222222222", 2500000000000000000n),
    ];
    expect(buildClaimTree(ozStandardV1, claims).root).toBe(
      "0xd4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77",
    );
  });
});

describe.each(CLAIM_FAMILIES)("family $id", (family) => {
  const claims = (amounts: readonly bigint[]): Claim[] =>
    amounts.map((amount, k) => singleClaim(address(k), amount, address(99)));

  it("proves every claim and no changed one", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, (1n << 256n) - 2n), { minLength: 1, maxLength: 33 }), (amounts) => {
        const list = claims(amounts);
        const tree = buildClaimTree(family, list);
        list.forEach((claim, index) => {
          expect(verifyClaim(family, tree.root, claim, index, tree.proof(index))).toBe(true);
          const more = singleClaim(claim.account, claim.amounts[0]!.amount + 1n, address(99));
          expect(verifyClaim(family, tree.root, more, index, tree.proof(index))).toBe(false);
        });
        expect([...tree.totals.values()]).toEqual([amounts.reduce((a, b) => a + b, 0n)]);
      }),
      { numRuns: 30 },
    );
  });

  it("dumps proofs that verify", () => {
    const dump = dumpClaimTree(buildClaimTree(family, claims([1n, 2n, 3n])));
    expect(dump.total).toEqual({ [address(99)]: "6" });
    for (const { index, account, amounts, proof } of dump.claims) {
      const claim = singleClaim(account, BigInt(amounts[0]!.amount), amounts[0]!.token);
      expect(verifyClaim(family, dump.root, claim, index, proof)).toBe(true);
    }
  });
});

describe("bad claim lists", () => {
  it.each([
    [() => buildClaimTree(packed, []), "at least one claim"],
    [
      () =>
        buildClaimTree(
          packed,
          [1n, 2n, 3n].map((amount, k) => singleClaim(address(k % 2), amount)),
        ),
      "one entry an account in the family packed, whose contracts pay each once, got entries 0 and 2",
    ],
    [() => buildClaimTree(packed, [{ account: address(0), amounts: [] }]), "exactly one amount"],
    [() => parseClaims([["0x12", "1"]]), "entry 0, account: expected a 20-byte hex address"],
    [() => parseClaims([[address(0), "-1"]]), "entry 0, amount"],
    [() => parseClaims([[address(0), (1n << 256n).toString()]]), "below 2^256"],
    [() => parseClaims([[address(0), 2 ** 60]]), "decimal integer"],
    [() => parseClaims([[1, address(0), []]]), "indices count up from 0"],
    [() => parseClaims([[0, address(0), [["x"]]]]), "[token, amount]"],
    [() => parseClaims("text"), "a list or an object"],
    [() => parseClaims([7]), "entry 0"],
    [() => parseClaimsCsv("account,amount\n0x1,2"), "line 2, account"],
    [() => claimFamily("nope"), "oz-standard-v1, packed, indexed-multi"],
    [() => buildClaimTree(packed, [singleClaim(address(0), 1n)]).proof(1), "0 to 0"],
    [
      () => verifyClaim(packed, `0x${"0".repeat(64)}`, singleClaim(address(0), 1n), 0, ["0x00"]),
      "32-byte siblings",
    ],
    [
      () => claimTreeCsv(buildClaimTree(indexedMulti, [singleClaim(address(0), 1n, address(1))])),
      "single-token",
    ],
  ])("are refused by name (%#)", (act, message) => {
    expect(act).toThrow(ClaimError);
    expect(act).toThrow(message);
  });

  it("reads every accepted shape to the same claims", () => {
    const expected = [singleClaim(address(0), 7n)];
    for (const document of [
      [[address(0), "7"]],
      [{ account: address(0), amount: 7 }],
      [{ holder: address(0).toUpperCase().replace("0X", "0x"), balance: "7" }],
      { [address(0)]: "7" },
      { format: "standard-v1", values: [{ value: [address(0), "7"], treeIndex: 0 }] },
    ]) {
      expect(parseClaims(document)).toEqual([{ name: "", claims: expected }]);
    }
    expect(parseClaimsCsv(`account,amount\r\n${address(0)}, 7\r\n`)[0]!.claims).toEqual(expected);
    expect(claimTreeCsv(buildClaimTree(packed, expected)).split("\n")[1]).toContain(`${address(0)},7,0x`);
  });
});
