/** The widget as an ES module: import { define } from "…/widget/v1.mjs". */
export { createHeed, flush } from "./core";
export { HeedFeedback, define } from "./element";
