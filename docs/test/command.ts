import { run } from "@shortfall/cli";

/** What the command said and how it ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

/** Runs the command in this process. */
export async function command(args: readonly string[]): Promise<Said> {
  let out = "";
  let said = "";
  const code = await run(args, {
    stdout: {
      write: (text: string) => {
        out += text;
      },
    },
    stderr: {
      write: (text: string) => {
        said += text;
      },
    },
    env: {},
    now: () => 0,
  });
  return { code, out, said };
}
