// The published bundle carries no types; these are the settings that this page uses.
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Settings {
    /** Address of the OpenAPI document. */
    url: string;
    domNode: Element;
    deepLinking: boolean;
    /** Whose judgement of the document is shown; null asks nobody. */
    validatorUrl: string | null;
    /** Methods that can be tried from the page. */
    supportedSubmitMethods: string[];
    /** How deep schemas at the end of the page are opened; -1 leaves them out. */
    defaultModelsExpandDepth: number;
    displayRequestDuration: boolean;
  }
  export default function SwaggerUI(settings: Settings): unknown;
}
