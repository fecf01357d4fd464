/** The widget as a classic script: <script src="…/widget/v1.js" data-key="heed_pk_…" defer>. */
import { define } from "./element";

const script = document.currentScript as HTMLScriptElement;
define({ url: new URL(script.src).origin, ...script.dataset });
