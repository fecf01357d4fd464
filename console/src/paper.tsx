/** A document as the server says it: sentences, lists, tables and charts. What is in it is shown as text, whatever it is. */
import { Fragment, h, type ComponentChildren } from "preact";

export interface Said {
  text: string;
  tone?: "strong" | "good" | "bad" | "soft";
  href?: string;
}

export interface Drawn {
  tag: string;
  attrs?: Record<string, string>;
  text?: string;
  children?: Drawn[];
}

export interface Block {
  lead?: Said[];
  text?: Said[];
  list?: Said[][];
  table?: { head: { name: string; number?: boolean }[]; rows: Said[][][] };
  chart?: Drawn;
  caption?: string;
}

/** The elements that a chart may be made of. */
const shapes = new Set(["svg", "g", "path", "line", "rect", "circle", "text", "title"]);

function Chart({ node }: { node: Drawn }): ComponentChildren {
  return shapes.has(node.tag) ? h(node.tag, node.attrs ?? {}, node.text, (node.children ?? []).map((child) => <Chart node={child} />)) : null;
}

export const Line = ({ line }: { line: Said[] }) => (
  <Fragment>
    {line.map(({ text, tone, href }) => {
      const said = tone === "strong" ? <b>{text}</b> : tone ? <b class={tone}>{text}</b> : <Fragment>{text}</Fragment>;
      return href?.startsWith("/") ? <a href={href}><bdi>{said}</bdi></a> : tone ? <bdi>{said}</bdi> : said;
    })}
  </Fragment>
);

export function Part({ block }: { block: Block }) {
  const { lead, text, list, table, chart, caption } = block;
  return (
    <Fragment>
      {lead && <p class="say"><Line line={lead} /></p>}
      {text && <p><Line line={text} /></p>}
      {list && <ul>{list.map((line) => <li><Line line={line} /></li>)}</ul>}
      {table && (
        <div class="over-wide" tabIndex={0}>
          <table>
            <thead><tr>{table.head.map((c) => <th scope="col" class={c.number ? "number" : ""}>{c.name}</th>)}</tr></thead>
            <tbody>
              {table.rows.map((row) => (
                <tr>{row.map((cell, i) => (i === 0 ? <th scope="row"><Line line={cell} /></th> : <td class={table.head[i]?.number ? "number" : ""}><Line line={cell} /></td>))}</tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chart && <figure tabIndex={0}><Chart node={chart} /></figure>}
      {caption && <p class="caption">{caption}</p>}
    </Fragment>
  );
}
