// The reader of the API document: a page of its own, so that the app does not carry it.
// Shared styles are taken in as text: otherwise the bundler would split the app's own style sheet for this page.
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';
import published from 'swagger-ui-dist/swagger-ui-bundle.js?url';
import fonts from '../styles/fonts.css?inline';
import tokens from '../styles/tokens.css?inline';

/** What this page uses of the reader, whose script carries no types. */
type Reader = (settings: {
  /** Address of the OpenAPI document. */
  url: string;
  domNode: Element;
  deepLinking: boolean;
  /** Whose judgement of the document is shown; null asks nobody. */
  validatorUrl: string | null;
  /** Methods that can be tried from the page. */
  supportedSubmitMethods: string[];
  /** How deep the schemas at the end of the page are opened; -1 leaves them out. */
  defaultModelsExpandDepth: number;
  displayRequestDuration: boolean;
}) => void;

declare global {
  var SwaggerUIBundle: Reader | undefined;
}

const style = document.createElement('style');
style.textContent = tokens + fonts;
document.head.append(style);

// The reader knows its dark colours by a class; the choice is the app's, or the system's where none was made.
const system = matchMedia('(prefers-color-scheme: dark)');
const paint = () => {
  const dark = document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light');
  document.documentElement.classList.toggle('dark-mode', dark === 'dark');
};
paint();
system.addEventListener('change', paint);

const main = document.getElementById('reader');
// The reader is fetched as its makers bundled it; bundling it again would only cost time at each build.
const script = document.createElement('script');
script.src = published;
script.addEventListener('load', () => main && show(main));
script.addEventListener('error', () => main?.append('The reader could not be loaded. Load this page again.'));
document.head.append(script);

function show(domNode: Element): void {
  globalThis.SwaggerUIBundle?.({
    url: '/api/docs/openapi.json',
    domNode,
    deepLinking: true,
    validatorUrl: null,
    // Reading can be tried out here; what changes something is left to the page and to scripts.
    supportedSubmitMethods: ['get', 'head'],
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
  });
}
