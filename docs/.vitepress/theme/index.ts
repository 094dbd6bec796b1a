import DefaultTheme from "vitepress/theme-without-fonts";
import { island } from "./islands.js";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }: { readonly app: { directive(name: string, directive: object): unknown } }): void {
    app.directive("island", island);
  },
};
