/** Pages that are loaded when somebody opens them, so that the first one is there sooner. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Wait } from "./parts";

type Page = () => ComponentChildren;

/** Shows a page once its script is there. load is an import() of it. */
export function lazy(load: () => Promise<Page>): Page {
  let loaded: Page | undefined;
  return function Lazy() {
    const [page, setPage] = useState<{ Page: Page } | null | undefined>(loaded && { Page: loaded });
    useEffect(() => {
      if (page) return;
      load().then((Page) => setPage({ Page: (loaded = Page) }), () => setPage(null));
    }, []);
    if (page) return <page.Page />;
    if (page === undefined) return <Wait />;
    return (
      <Fragment>
        <p class="problem" role="alert">This page cannot be loaded: Heed cannot be reached, or is a newer one by now.</p>
        <p><button class="button" onClick={() => location.reload()}>Load it anew</button></p>
      </Fragment>
    );
  };
}
