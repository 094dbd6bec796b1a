/** Days by which a release was in force in a market, by release; ISO dates, the first sighting of its implementation. */
export interface MarketReleases {
  readonly chainId: number;
  readonly pool: string;
  readonly market: string;
  readonly inForceBy: Readonly<Record<string, string>>;
}

/** Day each upgrade was published, before which it cannot have run. Unknown where absent. */
export const PUBLISHED: Readonly<Record<string, string>> = {
  "3.1": "2024-07-22",
  "3.3": "2025-02-19",
  "3.4": "2025-06-28",
  "3.5": "2025-08-01",
  "3.6": "2026-01-02",
};

/** The register says nothing about what was deployed after this day. */
export const REGISTER_ENDS = "2026-09-16";

/**
 * Production markets and their releases, from the public address registry of the protocol
 * (aave-dao/aave-address-book 4.68.1 and the history of bgd-labs/aave-address-book).
 */
export const MARKET_RELEASES: readonly MarketReleases[] = [
  {
    chainId: 1,
    pool: "0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2",
    market: "AaveV3Ethereum",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-16",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 137,
    pool: "0x794a61358d6845594f94dc1db02a252b5b4814ad",
    market: "AaveV3Polygon",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 43114,
    pool: "0x794a61358d6845594f94dc1db02a252b5b4814ad",
    market: "AaveV3Avalanche",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 8453,
    pool: "0xa238dd80c259a72e81d7e4664a9801593f98d1c5",
    market: "AaveV3Base",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 1088,
    pool: "0x90df02551bb792286e8d4f13e0e357b4bf1d6a57",
    market: "AaveV3Metis",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
    },
  },
  {
    chainId: 100,
    pool: "0xb50201558b00496a145fe76f7424749556e326d8",
    market: "AaveV3Gnosis",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-10",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 56,
    pool: "0x6807dc923806fe8fd134338eabca509979a7e0cb",
    market: "AaveV3BNB",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 42161,
    pool: "0x794a61358d6845594f94dc1db02a252b5b4814ad",
    market: "AaveV3Arbitrum",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 10,
    pool: "0x794a61358d6845594f94dc1db02a252b5b4814ad",
    market: "AaveV3Optimism",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 534352,
    pool: "0x11fcfe756c05ad438e312a7fd934381537d3cffe",
    market: "AaveV3Scroll",
    inForceBy: {
      "3.0": "2024-03-11",
      "3.1": "2024-07-27",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 324,
    pool: "0x78e30497a3c7527d953c6b1e3541b021a98ac43c",
    market: "AaveV3ZkSync",
    inForceBy: {
      "3.1": "2024-08-07",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
    },
  },
  {
    chainId: 1,
    pool: "0x4e033931ad43597d96d6bcc25c280717730b58b1",
    market: "AaveV3EthereumLido",
    inForceBy: {
      "3.1": "2024-07-18",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-16",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 1,
    pool: "0x0aa97c284e98396202b6a04024f5e2c65026f3c0",
    market: "AaveV3EthereumEtherFi",
    inForceBy: {
      "3.1": "2024-09-02",
      "3.2": "2024-10-08",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 59144,
    pool: "0xc47b8c00b0f69a36fa203ffeac0334874574a8ac",
    market: "AaveV3Linea",
    inForceBy: {
      "3.2": "2025-01-17",
      "3.3": "2025-02-24",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-22",
      "3.7": "2026-09-16",
    },
  },
  {
    chainId: 42220,
    pool: "0x3e59a31363e2ad014dcbc521c4a0d5757d9f3402",
    market: "AaveV3Celo",
    inForceBy: {
      "3.3": "2025-02-19",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 5000,
    pool: "0x458f293454fe0d67ec0655f3672301301dd51422",
    market: "AaveV3Mantle",
    inForceBy: { "3.6": "2026-01-15", "3.7": "2026-09-16" },
  },
  {
    chainId: 146,
    pool: "0x5362dbb1e601abf3a4c14c22ffeda64042e5eaa3",
    market: "AaveV3Sonic",
    inForceBy: {
      "3.3": "2025-02-18",
      "3.4": "2025-07-03",
      "3.5": "2025-08-07",
      "3.6": "2026-01-09",
      "3.7": "2026-04-21",
    },
  },
  {
    chainId: 1868,
    pool: "0xdd3d7a7d03d9fd9ef45f3e587287922ef65ca38b",
    market: "AaveV3Soneium",
    inForceBy: { "3.3": "2025-05-20", "3.4": "2025-07-03", "3.5": "2025-08-07", "3.6": "2026-01-09" },
  },
  {
    chainId: 57073,
    pool: "0x2816cf15f6d2a220e789aa011d5ee4eb6c47feba",
    market: "AaveV3InkWhitelabel",
    inForceBy: { "3.5": "2025-08-14", "3.6": "2026-01-30", "3.7": "2026-09-16" },
  },
  {
    chainId: 9745,
    pool: "0x925a2a7214ed92428b5b1b090f80b25700095e12",
    market: "AaveV3Plasma",
    inForceBy: { "3.5": "2025-09-15", "3.6": "2026-01-22", "3.7": "2026-09-16" },
  },
  {
    chainId: 4326,
    pool: "0x7e324abc5de01d112afc03a584966ff199741c28",
    market: "AaveV3MegaEth",
    inForceBy: { "3.6": "2026-01-28", "3.7": "2026-04-21" },
  },
  {
    chainId: 196,
    pool: "0xe3f3caefdd7180f884c01e57f65df979af84f116",
    market: "AaveV3XLayer",
    inForceBy: { "3.6": "2026-03-06", "3.7": "2026-04-21" },
  },
  {
    chainId: 143,
    pool: "0x69a5f9ad4f96ebf0a0c792dd42a01cc5c0102fef",
    market: "AaveV3Monad",
    inForceBy: { "3.7": "2026-09-16" },
  },
];
