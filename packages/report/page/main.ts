import type { PageHolders } from "../src/page-data.js";
import { copyOnClick } from "./copy.js";
import { HolderData } from "./holder-data.js";
import { holderTable } from "./holder-table.js";
import { blockText } from "./inflate.js";
import { themeButton } from "./theme.js";
import { verifyButton } from "./verify.js";
import { writeOffRows } from "./write-off-rows.js";

document.documentElement.classList.add("js");
themeButton();
copyOnClick();
writeOffRows();

const holders: Promise<HolderData | undefined> = blockText("holder-data").then((text) =>
  text === undefined ? undefined : new HolderData(JSON.parse(text) as PageHolders),
);
holders.then(
  (data) => {
    if (data) holderTable(data);
    document.documentElement.classList.add("ready");
  },
  // Damaged data leave the first rows in place; the button says why.
  () => document.documentElement.classList.add("ready"),
);
verifyButton(() => holders);
