/** A file of the repository that the site copies: its address. */
declare module "*?url" {
  const address: string;
  export default address;
}

declare module "*.css";

interface ImportMeta {
  readonly env: {
    /** Whether the page is made ahead of time rather than in a browser. */ readonly SSR: boolean;
  };
}
