/**
 * What only some forms have: stars or faces instead of thumbs, a project's own
 * questions, and what became of earlier feedback. The widget loads it where the form needs it, so that pages
 * with thumbs do not carry it.
 */
import type { Options } from "./core";
import type { Face, Form, Tags } from "./element";

const star = "M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3L12 17.4l-5.6 3 1.1-6.3L3 9.7l6.2-.9z";
const head = "M12 3a9 9 0 1 0 .01 0zM9 9.5v.5M15 9.5v.5";
const mouths = ["M8 17c2-4 6-4 8 0", "M8.5 16.5c2-2 5-2 7 0", "M8.5 15.5h7", "M8.5 14.5c2 2 5 2 7 0", "M7.5 13.5c2 5 7 5 9 0z"];

const css = `
.stars [aria-pressed], .faces [aria-pressed] { padding: 2px 4px; }
.stars svg, .faces svg { width: 22px; margin: auto; }
.stars [aria-pressed=true] { background: none; border-color: transparent; }
.stars:has([aria-pressed=true]) [aria-pressed]:not([aria-pressed=true] ~ [aria-pressed]) { color: var(--_g); & svg { fill: currentColor; } }
.faces [class="1"], .faces [class="2"], .stars:has([class="1"][aria-pressed=true], [class="2"][aria-pressed=true]) { --_g: var(--_b); }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
legend { padding: 0 0 4px; }
@media (forced-colors: active) { .stars [aria-pressed=true] { border-color: Highlight; } }
`;
let sheet: CSSStyleSheet | undefined;

/** Five buttons. Four and five are a good vote, one and two a bad one, three is neither. */
function scale(face: Face, style: string) {
  const buttons = mouths.map((mouth, i) => {
    const value = i + 1;
    const vote = value > 3 ? "up" : value < 3 ? "down" : null;
    return face.rate(String(value), style == "faces" ? head + mouth : star, { vote, score: { value, min: 1, max: 5 } });
  });
  for (const thumb of face.rates) thumb.remove();
  face.rates = buttons;
  face.group.prepend(...buttons);
}

/** Buttons of which one at a time is chosen. */
function choice(face: Face, choices: Tags): HTMLButtonElement[] {
  const chips = face.chips(choices);
  for (const chip of chips)
    chip.addEventListener("click", () => {
      for (const other of chips) if (other != chip && face.tags.delete(other.name)) other.ariaPressed = "false";
    });
  return chips;
}

export function extend(face: Face, form: Form, options: Options) {
  if (form.told) import(form.url + form.told).then((script) => script.tell(face, form, options)).catch(() => {});
  const root = face.group.getRootNode() as ShadowRoot;
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  face.group.classList.remove("stars", "faces");
  if (form.style) {
    face.group.classList.add(form.style);
    scale(face, form.style);
  }
  for (const asked of face.comment.parentElement!.querySelectorAll("fieldset")) asked.remove();
  const chips: HTMLButtonElement[] = [];
  const areas: HTMLTextAreaElement[] = [];
  for (const { text, choices } of form.questions ?? []) {
    const asked = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = text;
    asked.append(legend);
    if (choices[0]) {
      const row = document.createElement("div");
      row.className = "row";
      row.append(...choice(face, choices));
      chips.push(...(row.children as unknown as HTMLButtonElement[]));
      asked.append(row);
    } else {
      const area = face.comment.cloneNode() as HTMLTextAreaElement;
      area.hidden = false;
      area.placeholder = "";
      area.ariaLabel = text;
      areas.push(area);
      asked.append(area);
    }
    face.comment.before(asked);
  }
  // Another vote begins anew, and none takes everything back.
  face.group.onclick = () => {
    for (const chip of chips) chip.ariaPressed = String(face.tags.has(chip.name));
    if (!face.rates.some((rate) => rate.ariaPressed == "true")) for (const area of areas) area.value = "";
  };
  face.text = () =>
    [face.comment.value, ...areas.map((area) => area.value && `${area.ariaLabel}\n${area.value}`)].filter(Boolean).join("\n\n").slice(0, 8000);
}
